/** The certificate by which Nuapay knows this machine, where mutual TLS is set up: two files, checked before they are used. */
import type { TokenError } from "@onbehalf/core/TokenError"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Redacted from "effect/Redacted"
import { createPrivateKey, X509Certificate } from "node:crypto"
import { Secrets } from "../output/secrets.ts"
import { Configuration } from "./Configuration.ts"
import { refusePrinting } from "./nodeDebug.ts"
import { invalidSetting } from "./problem.ts"
import { readSecretFile } from "./secretFile.ts"

/** What goes into the connection. */
export interface ClientCertificate {
  /** In PEM; the authorities between it and the root may follow it. */
  readonly certificate: string
  readonly key: Redacted.Redacted
  /** Epoch milliseconds. */
  readonly end: number
  readonly subject: string
}

const certificateSetting = "client_certificate_file (NUAPAY_CLIENT_CERTIFICATE_FILE)"
const keySetting = "client_key_file (NUAPAY_CLIENT_KEY_FILE)"

/** None where the settings name none. */
export const clientCertificate: Effect.Effect<
  ClientCertificate | undefined,
  TokenError,
  Configuration | FileSystem.FileSystem | Secrets
> = Effect.gen(function* () {
  const { value } = yield* Configuration
  const certificateFile = value("client_certificate_file")
  const keyFile = value("client_key_file")
  if (certificateFile === undefined && keyFile === undefined) return undefined
  if (certificateFile === undefined || keyFile === undefined) {
    return yield* invalidSetting(
      certificateFile === undefined ? certificateSetting : keySetting,
      "is missing: a client certificate and its key go together"
    )
  }
  yield* refusePrinting("http", "https", "net", "tls")
  const certificate = yield* readCertificate(certificateFile)
  const key = yield* readSecretFile(keySetting, keyFile)
  const secrets = yield* Secrets
  secrets.add(key)
  return yield* check({ certificate, certificateFile, key, keyFile })
})

const readCertificate = (path: string) =>
  FileSystem.FileSystem.pipe(
    Effect.flatMap((files) => files.readFileString(path)),
    Effect.mapError(({ reason }) =>
      invalidSetting(certificateSetting, `${path} cannot be read (${reason._tag})`)
    )
  )

interface Files extends Pick<ClientCertificate, "certificate" | "key"> {
  readonly certificateFile: string
  readonly keyFile: string
}

const check = Effect.fnUntraced(function* ({
  certificate,
  certificateFile,
  key,
  keyFile
}: Files): Effect.fn.Return<ClientCertificate, TokenError> {
  const parsed = yield* Effect.try({
    try: () => new X509Certificate(certificate),
    catch: () => invalidSetting(certificateSetting, `${certificateFile} is no certificate in PEM`)
  })
  // What is wrong with a key is not told in words of the parser.
  const privateKey = yield* Effect.try({
    try: () => createPrivateKey(Redacted.value(key)),
    catch: () =>
      invalidSetting(keySetting, `${keyFile} is no private key in PEM without a passphrase`)
  })
  if (!parsed.checkPrivateKey(privateKey)) {
    return yield* invalidSetting(keySetting, `${keyFile} is not the key of ${certificateFile}`)
  }
  const now = yield* Clock.currentTimeMillis
  const [begin, end] = [Date.parse(parsed.validFrom), Date.parse(parsed.validTo)]
  if (now < begin || now > end) {
    return yield* invalidSetting(
      certificateSetting,
      now > end
        ? `${certificateFile} has expired (${parsed.validTo}): ask Nuapay's support how to renew it`
        : `${certificateFile} is not valid yet (${parsed.validFrom}): is this machine's clock right?`
    )
  }
  return { certificate, key, end, subject: parsed.subject.replaceAll("\n", ", ") }
})
