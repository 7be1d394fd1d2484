/** A token for a grant, from the store or fetched, with what is known of its life. */
import type { AccessToken } from "@onbehalf/core/AccessToken"
import type { Grant } from "@onbehalf/core/Grant"
import { TokenBroker } from "@onbehalf/core/TokenBroker"
import type { TokenKey } from "@onbehalf/core/TokenKey"
import { TokenStore } from "@onbehalf/core/TokenStore"
import * as Effect from "effect/Effect"
import { waiting } from "../output/progress.ts"
import { say } from "../output/say.ts"
import { Secrets } from "../output/secrets.ts"
import { LastFetched } from "./lastFetched.ts"
import { type Life, wallLife } from "./life.ts"

/** A token and its life, where it is known: of an application's token it may not be. */
export interface Obtained {
  readonly token: AccessToken
  readonly life: Life | undefined
}

/** Whatever it is asked for, the token is in no talk from then on. @param minimumValidity in milliseconds */
export const obtain = Effect.fnUntraced(function* (grant: Grant, minimumValidity = 0) {
  const broker = yield* TokenBroker
  const source = yield* broker.source(grant)
  const token = yield* source.token({ minimumValidity }).pipe(waiting("waiting for Nuapay"))
  const secrets = yield* Secrets
  secrets.add(token.value)
  const kept = yield* lifetimeInStore(source.key, token)
  if (kept === undefined && grant._tag !== "ApplicationGrant") {
    yield* say(
      "the token store failed: the token is good, but it is not kept for the next run. See: onbehalf doctor"
    )
  }
  const lifetime = kept ?? (yield* LastFetched).lifetimeOf(token.id)
  const life = lifetime === undefined ? undefined : yield* wallLife(lifetime)
  return { token, life } satisfies Obtained
})

const lifetimeInStore = Effect.fnUntraced(function* (key: TokenKey, token: AccessToken) {
  const store = yield* TokenStore
  const held =
    store.peek(key) ??
    (yield* store.get(key).pipe(
      Effect.map((found) => found.held),
      Effect.orElseSucceed(() => undefined)
    ))
  return held?.token.id === token.id ? held.lifetime : undefined
})
