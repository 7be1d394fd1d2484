import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Gatekeeper } from "../Gatekeeper.ts"
import type { Health } from "../Health.ts"
import type { TokenKey } from "../TokenKey.ts"
import type { TokenStore } from "../TokenStore.ts"
import type { StorePolicy } from "./trustedStore.ts"

export interface HealthParts {
  readonly gatekeeper: Gatekeeper["Service"]
  readonly store: TokenStore["Service"]
  readonly policy: StorePolicy
  /** A key to look up; nothing need be held under it. */
  readonly key: TokenKey
  /** Whether the API key has just been refused to a token request. */
  readonly isKeyRefused: () => boolean
}

/** Milliseconds that a probe may take. */
const patience = 2_000

/** Milliseconds for which an answer is trusted, so that many who ask are one request. */
const trust = { accepted: 60_000, other: 5_000, store: 1_000 }

/** Asks Nuapay and the store, each now and then, however often it is asked itself. */
export const make = ({
  gatekeeper,
  isKeyRefused,
  key,
  policy,
  store
}: HealthParts): Effect.Effect<Effect.Effect<Health>> =>
  Effect.zipWith(
    Effect.cachedWithTTL(probeApiKey(gatekeeper), (exit) =>
      Exit.isSuccess(exit) && exit.value === "accepted" ? trust.accepted : trust.other
    ),
    Effect.cachedWithTTL(probeStore(store, key), trust.store),
    (probedKey, probedStore) => {
      let wasAccepted = false
      const apiKey = Effect.suspend(() =>
        isKeyRefused() ? Effect.succeed("refused" as const) : probedKey
      )
      return Effect.map(
        Effect.all({ apiKey, store: probedStore }, { concurrency: 2 }),
        (found): Health => {
          wasAccepted ||= found.apiKey === "accepted"
          return { status: judge(found, wasAccepted, policy), ...found }
        }
      )
    }
  )

type Found = Pick<Health, "apiKey" | "store">

const judge = (
  { apiKey, store }: Found,
  wasAccepted: boolean,
  policy: StorePolicy
): Health["status"] => {
  if (apiKey === "accepted" && store === "answers") return "up"
  if (apiKey === "refused" || !wasAccepted) return "down"
  return store === "fails" && policy === "fail" ? "down" : "degraded"
}

const probeApiKey = (gatekeeper: Gatekeeper["Service"]): Effect.Effect<Health["apiKey"]> =>
  gatekeeper.organisations({}, { pageSize: 1 }).pipe(
    Effect.match({
      onSuccess: () => "accepted" as const,
      onFailure: ({ reason }) =>
        reason._tag === "InvalidApiKey" || reason._tag === "Forbidden" ? "refused" : "unknown"
    }),
    Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.succeed("unknown" as const) })
  )

const probeStore = (store: TokenStore["Service"], key: TokenKey): Effect.Effect<Health["store"]> =>
  Effect.suspend(() => store.get(key)).pipe(
    Effect.match({ onSuccess: () => "answers" as const, onFailure: () => "fails" as const }),
    Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.succeed("fails" as const) })
  )
