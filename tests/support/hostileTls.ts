/** Certificates that only tests trust, or nobody: `tests/faults/certificates/make.sh` made them. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { getCACertificates, setDefaultCACertificates, type TlsOptions } from "node:tls"

const file = (name: string): string =>
  readFileSync(join(import.meta.dirname, "../faults/certificates", name), "utf8")

export type CertificateName = "good" | "expired" | "early" | "elsewhere" | "selfSigned"

export const certificate = (name: CertificateName): TlsOptions => ({
  key: file(`${name}.key`),
  cert: file(`${name}.pem`)
})

/** While the scope is open, this process believes the authority of the tests. */
export const authorityTrusted: Effect.Effect<void, never, Scope.Scope> = Effect.asVoid(
  Effect.acquireRelease(
    Effect.sync(() => {
      const before = getCACertificates("default")
      setDefaultCACertificates([...before, file("authority.pem")])
      return before
    }),
    (before) => Effect.sync(() => setDefaultCACertificates(before))
  )
)
