import * as Effect from "effect/Effect"
import type { TokenId } from "../AccessToken.ts"
import { tokenId } from "../AccessToken.ts"
import { type OrganisationId, organisationId } from "../Organisation.ts"
import { retry } from "../RetryPolicy.ts"
import type { RevocableToken, Revocation, ShutdownReport } from "../Revocation.ts"
import { invalidRequest, type TokenError } from "../TokenError.ts"
import type { TokenKey } from "../TokenKey.ts"
import type { Acquisition, Fetched } from "./acquisition.ts"
import type { Flights } from "./flights.ts"

export interface Revoker extends Pick<
  Acquisition,
  "admission" | "announcer" | "fetched" | "gatekeeper" | "now" | "retryPolicy" | "store" | "tokens"
> {
  readonly flights: Flights<Fetched>
}

/** One token: here first, so that nobody gets it while the upstream is asked. */
export const revokeOne = Effect.fnUntraced(function* (
  self: Revoker,
  token: RevocableToken
): Effect.fn.Return<Revocation, TokenError> {
  const id = yield* tokenId(token.id)
  const named = yield* organisationId(token.organisation)
  const key = yield* keyOf(self, id)
  if (key?.organisation !== undefined && key.organisation !== named) {
    return yield* invalidRequest([
      { field: "organisation", description: "is not the one that this token was issued for" }
    ])
  }
  self.store.bury(id)
  if (key !== undefined) yield* Effect.ignore(self.store.remove(key, id))
  const organisation = key !== undefined && key.organisation === undefined ? undefined : named
  const revocation = yield* upstream(self, organisation, id)
  if (revocation.outcome !== "unconfirmed") self.fetched.remove(id)
  yield* self.announcer.announce({ _tag: "Revoked", organisation, tokenId: id, revocation })
  return revocation
})

/** Under which key the token is held: as this process saw it, else as the store says. */
const keyOf = (self: Revoker, id: string): Effect.Effect<TokenKey | undefined> => {
  const known = self.tokens.keyOf(id)
  return known !== undefined
    ? Effect.succeed(known)
    : self.store.entries.pipe(
        Effect.map((entries) => entries.find((entry) => entry.id === id)?.key),
        Effect.catch(() => Effect.succeed(known))
      )
}

const upstream = (
  self: Revoker,
  organisation: OrganisationId | undefined,
  id: TokenId
): Effect.Effect<Revocation> =>
  self.admission
    .admitRevocation(organisation ?? "", self.gatekeeper.revokeToken(organisation, id))
    .pipe(
      retry(self.retryPolicy),
      Effect.as<Revocation>({ outcome: "revoked", tokens: 1 }),
      // What Nuapay answers for a token that is gone is not documented; 404 is the likely word.
      Effect.catchReason("TokenError", "OrganisationUnknown", () =>
        Effect.succeed<Revocation>({ outcome: "alreadyGone" })
      ),
      Effect.catch((error) => Effect.succeed<Revocation>({ outcome: "unconfirmed", error }))
    )

/** Here first, then upstream, then here again: what was fetched in between may be dead as well. */
export const revokeAll = Effect.fnUntraced(function* (
  self: Revoker,
  owner: string,
  organisation: OrganisationId | undefined
): Effect.fn.Return<Revocation, TokenError> {
  const here = Effect.suspend(() => {
    self.flights.overtake(owner)
    return self.store.revoke(owner)
  })
  yield* Effect.ignore(here)
  const asked = self.now()
  const revocation = yield* self.admission
    .admitRevocation(owner, self.gatekeeper.revokeAll(organisation))
    .pipe(
      retry(self.retryPolicy),
      Effect.map((tokens): Revocation => ({ outcome: "revoked", tokens })),
      Effect.catch((error) => Effect.succeed<Revocation>({ outcome: "unconfirmed", error })),
      Effect.onInterrupt(() => Effect.ignore(here))
    )
  const dropped = yield* Effect.exit(here)
  if (revocation.outcome === "revoked") self.fetched.removeOf(owner, asked)
  yield* self.announcer.announce({
    _tag: "Revoked",
    organisation,
    tokenId: undefined,
    revocation
  })
  // Told first: the upstream has done it, whatever became of the store.
  yield* dropped
  return revocation
})

/** Revocations at once while a process shuts down. */
const concurrency = 8

/**
 * Every token that this process fetched and that may be alive, as far as the time goes; here first. Then those that
 * were still on their way.
 */
export const revokeIssued = Effect.fnUntraced(function* (
  self: Revoker,
  within: number
): Effect.fn.Return<ShutdownReport> {
  const count = { revoked: 0, alreadyGone: 0, unconfirmed: 0, alive: 0, expired: 0 }
  const revokeFetched = Effect.suspend(() => {
    const { alive, expired } = self.fetched.take()
    for (const { id } of alive) self.store.bury(id)
    count.alive += alive.length
    count.expired += expired
    return Effect.forEach(
      alive,
      ({ id, key, organisation }) =>
        Effect.ignore(self.store.remove(key, id)).pipe(
          Effect.andThen(upstream(self, organisation, id)),
          Effect.tap(({ outcome }) => Effect.sync(() => count[outcome]++))
        ),
      { concurrency, discard: true }
    )
  })
  yield* revokeFetched.pipe(
    Effect.andThen(self.flights.landed),
    Effect.andThen(revokeFetched),
    Effect.timeoutOption(within)
  )
  const answered = count.revoked + count.alreadyGone + count.unconfirmed
  return {
    revoked: count.revoked,
    alreadyGone: count.alreadyGone,
    unconfirmed: count.unconfirmed + count.alive - answered,
    expired: count.expired
  }
})
