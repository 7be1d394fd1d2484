/** Revoking, and what is told of it. */
import { tokenId } from "@onbehalf/core/AccessToken"
import { Gatekeeper } from "@onbehalf/core/Gatekeeper"
import { defaultRetryPolicy, retry } from "@onbehalf/core/RetryPolicy"
import type { Revocation } from "@onbehalf/core/Revocation"
import { TokenStore } from "@onbehalf/core/TokenStore"
import * as Effect from "effect/Effect"
import { waiting } from "../output/progress.ts"
import { say } from "../output/say.ts"

/** Says what came of it. Fails where Nuapay has not confirmed it. */
export const tellRevocation = (revocation: Revocation, whose: string) => {
  switch (revocation.outcome) {
    case "revoked": {
      const { tokens } = revocation
      const count =
        tokens === undefined ? "every token" : tokens === 1 ? "1 token" : `${tokens} tokens`
      return say(`revoked ${count} of ${whose}`)
    }
    case "alreadyGone":
      return say(`nothing to revoke: Nuapay knows no such token of ${whose}`)
    case "unconfirmed":
      return Effect.fail(revocation.error)
  }
}

/** One of the caller's own: here first, so that no other run gets it while Nuapay is asked. */
export const revokeOwnToken = Effect.fnUntraced(function* (text: string) {
  const id = yield* tokenId(text)
  const store = yield* TokenStore
  const gatekeeper = yield* Gatekeeper
  yield* store.entries.pipe(
    Effect.flatMap((entries) =>
      Effect.forEach(
        entries.filter((entry) => entry.id === id),
        ({ key }) => store.remove(key, id)
      )
    ),
    Effect.ignore
  )
  const revocation: Revocation = yield* gatekeeper.revokeToken(undefined, id).pipe(
    retry(defaultRetryPolicy),
    Effect.as<Revocation>({ outcome: "revoked", tokens: 1 }),
    Effect.catchReason("TokenError", "OrganisationUnknown", () =>
      Effect.succeed<Revocation>({ outcome: "alreadyGone" })
    ),
    waiting("revoking")
  )
  yield* tellRevocation(revocation, "your own organisation")
})
