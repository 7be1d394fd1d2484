import * as Effect from "effect/Effect"
import type { Explanation } from "../Explanation.ts"
import { renewalFor } from "../Lifetime.ts"
import type { TokenKey } from "../TokenKey.ts"
import type { StoredToken } from "../TokenStore.ts"
import type { Acquisition, Fetched } from "./acquisition.ts"
import type { Flights } from "./flights.ts"

/** Looks beyond this process where nothing is held in it; a store in trouble is told of, and no obstacle. */
export const explain = (
  self: Acquisition,
  flights: Flights<Fetched>,
  key: TokenKey
): Effect.Effect<Explanation> =>
  Effect.suspend(() => {
    const near = self.store.peek(key)
    const told = tell(self, flights, key)
    if (near !== undefined) return Effect.succeed({ ...told, held: heldIn(self, "near", near) })
    return self.store.get(key).pipe(
      Effect.map(({ held }) => (held === undefined ? undefined : heldIn(self, "far", held))),
      Effect.orElseSucceed(() => undefined),
      Effect.map((held) => ({ ...told, held }))
    )
  })

const heldIn = (
  { now, renewalShift }: Acquisition,
  tier: "near" | "far",
  { lifetime, token }: StoredToken
): Explanation["held"] => ({
  tier,
  tokenId: token.id,
  age: now() - lifetime.issued,
  renewalIn: renewalFor(lifetime, renewalShift) - now(),
  usableFor: Math.max(0, lifetime.limit - now())
})

const tell = (
  { admission, ledger, now, store, turns }: Acquisition,
  flights: Flights<Fetched>,
  key: TokenKey
): Omit<Explanation, "held"> => {
  const time = now()
  const flight = flights.under(key)
  const record = ledger.record(key.text)
  const trouble = store.trouble()
  const state = admission.state(key)
  return {
    organisation: key.organisation,
    flight: flight === undefined ? "none" : flight.urgent ? "fetching" : "renewing",
    failures: record.failures,
    renewalPausedFor: Math.max(0, record.renewNotBefore - time),
    lastError:
      record.lastError === undefined
        ? undefined
        : { error: record.lastError, ago: time - record.lastErrorAt },
    answersLost: record.answersLost,
    storeTrouble:
      trouble === undefined
        ? undefined
        : { operation: trouble.operation, problem: trouble.problem, ago: time - trouble.at },
    ...state,
    waiting: state.waiting + turns.waiting()
  }
}
