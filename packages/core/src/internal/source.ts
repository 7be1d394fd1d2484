import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { AccessToken } from "../AccessToken.ts"
import type * as Grants from "../Grant.ts"
import * as Lifetime from "../Lifetime.ts"
import { DeadlineExceeded, invalidRequest, TokenError, Unavailable } from "../TokenError.ts"
import type { TokenKey } from "../TokenKey.ts"
import type { AcquireOptions, TokenSource } from "../TokenSource.ts"
import type { StoredToken } from "../TokenStore.ts"
import { acquire, type Acquisition, type Fetched } from "./acquisition.ts"
import type { Flights } from "./flights.ts"

/** A token may die between its arrival and its use; a caller then asks once more. */
const maximumFetches = 2

/** What was found last. A caller who needs it beyond its renewal looks again. */
interface Hand {
  epoch: number
  /** Monotonic milliseconds: when it is due for renewal. */
  until: number
  token: AccessToken | undefined
}

/** A source, with what only the broker needs of it. */
export interface BrokerSource extends TokenSource {
  /** A new token, whatever is held. */
  readonly renew: Effect.Effect<AccessToken, TokenError>
}

export const makeSource = (
  self: Acquisition,
  flights: Flights<Fetched>,
  key: TokenKey,
  grant: Grants.Grant
): BrokerSource => {
  const { now, store } = self
  const renewAhead = renewing(self, flights, key, grant)
  const fetch = fetching(self, flights, key, grant)

  // The hot path: what was found last is kept in hand, and holds until the store's epoch moves.
  const hand: Hand = { epoch: Number.NaN, until: 0, token: undefined }

  const look = (minimumValidity: number): AccessToken | undefined => {
    hand.epoch = store.epoch()
    const held = store.peek(key)
    hand.token = held?.token
    if (held === undefined) {
      hand.until = 0
      return undefined
    }
    const { lifetime, token } = held
    hand.until = lifetime.renewal
    const time = now()
    if (!Lifetime.isUsable(lifetime, time, minimumValidity)) return undefined
    if (Lifetime.isDue(lifetime, time)) renewAhead()
    return token
  }

  const peek = (minimumValidity = 0): AccessToken | undefined =>
    hand.epoch === store.epoch() && now() + minimumValidity < hand.until
      ? hand.token
      : look(minimumValidity)

  const slow = ({ deadline, minimumValidity = 0 }: AcquireOptions) => {
    const problem = impossible(grant, minimumValidity)
    if (problem !== undefined) return Effect.fail(problem)
    const fetched = fetch(
      (held) => Lifetime.isUsable(held.lifetime, now(), minimumValidity),
      minimumValidity
    )
    return deadline === undefined ? fetched : within(fetched, key, deadline)
  }

  const found = successes()
  const plain = Effect.suspend(() => {
    const held = peek()
    return held === undefined ? slow({}) : found(held)
  })

  return {
    grant,
    key,
    peek,
    token: (options) =>
      options === undefined
        ? plain
        : Effect.suspend(() => {
            const held = peek(options.minimumValidity)
            return held === undefined ? slow(options) : found(held)
          }),
    renew: fetch(() => false, 0),
    invalidate: (token) => store.remove(key, token.id)
  }
}

/** Renews ahead of time: unless that is under way, or failed a moment ago. */
const renewing = (
  self: Acquisition,
  flights: Flights<Fetched>,
  key: TokenKey,
  grant: Grants.Grant
): (() => void) => {
  const suffices = (held: StoredToken) => !Lifetime.isDue(held.lifetime, self.now())
  return () => {
    if (!self.ledger.mayRenew(key.text)) return
    flights.startAhead(key, (flight) =>
      Effect.andThen(
        self.announcer.announce({ _tag: "ServedWhileRenewing", organisation: key.organisation }),
        acquire(self, { key, grant, suffices }, flight)
      )
    )
  }
}

/** Waits for a fetch, and asks once more where its token has died in between. */
const fetching = (
  self: Acquisition,
  flights: Flights<Fetched>,
  key: TokenKey,
  grant: Grants.Grant
) => {
  const fetch = (
    suffices: (held: StoredToken) => boolean,
    minimumValidity: number,
    left = maximumFetches
  ): Effect.Effect<AccessToken, TokenError> =>
    Effect.flatMap(
      flights.join(key, (flight) => acquire(self, { key, grant, suffices }, flight)),
      ({ lifetime, token }) => {
        // A token of unknown life is used at once or not at all.
        const usable =
          lifetime === undefined
            ? minimumValidity === 0
            : Lifetime.isUsable(lifetime, self.now(), minimumValidity)
        if (usable) return Effect.succeed(token)
        return left > 1 ? fetch(suffices, minimumValidity, left - 1) : tooShort(key)
      }
    )
  return fetch
}

/** One success for as long as it is the same token: nothing is allocated for a token that is there. */
const successes = (): ((token: AccessToken) => Exit.Exit<AccessToken, TokenError>) => {
  let last: { readonly token: AccessToken; readonly exit: Exit.Exit<AccessToken> } | undefined
  return (token) => {
    if (last?.token !== token) last = { token, exit: Exit.succeed(token) }
    return last.exit
  }
}

/** What no token of this grant could ever satisfy is refused before anything is sent. */
const impossible = (grant: Grants.Grant, minimumValidity: number): TokenError | undefined => {
  if (grant._tag === "ApplicationGrant" || grant.expiresIn === undefined) return undefined
  const life = grant.expiresIn * 1000
  const most = life - Lifetime.margin(life)
  return minimumValidity >= 0 && minimumValidity < most
    ? undefined
    : invalidRequest([
        {
          field: "minimumValidity",
          description: `must be 0 to less than ${most} milliseconds when expiresIn is ${grant.expiresIn}`
        }
      ])
}

const within = (
  fetched: Effect.Effect<AccessToken, TokenError>,
  key: TokenKey,
  deadline: number
): Effect.Effect<AccessToken, TokenError> =>
  Effect.timeoutOrElse(fetched, {
    duration: deadline,
    orElse: () =>
      Effect.fail(new TokenError({ reason: new DeadlineExceeded({ ...about(key), deadline }) }))
  })

const tooShort = (key: TokenKey): Effect.Effect<never, TokenError> =>
  Effect.fail(new TokenError({ reason: new Unavailable({ ...about(key), problem: "timeout" }) }))

const about = (key: TokenKey): { readonly organisation?: string } =>
  key.organisation === undefined ? {} : { organisation: key.organisation }
