/**
 * A handle on one grant.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { AccessToken } from "./AccessToken.ts"
import type * as Grants from "./Grant.ts"
import { acquire, type Acquisition, type Fetched } from "./internal/acquisition.ts"
import type { Flights } from "./internal/flights.ts"
import { monotonicMillis } from "./internal/monotonic.ts"
import * as Lifetime from "./Lifetime.ts"
import { DeadlineExceeded, invalidRequest, TokenError, Unavailable } from "./TokenError.ts"
import type { TokenKey } from "./TokenKey.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface AcquireOptions {
  /** Milliseconds of life that the token must have left. Default: 0. */
  readonly minimumValidity?: number | undefined
  /**
   * Milliseconds that this caller is willing to wait. Default: as long as the fetch takes,
   * which the broker bounds.
   */
  readonly deadline?: number | undefined
}

/**
 * A handle on one grant: its key is made once, so that a call costs a look-up.
 *
 * @category models
 * @since 0.1.0
 */
export interface TokenSource {
  readonly grant: Grants.Grant
  readonly key: TokenKey
  /** The token if this process holds a valid one; synchronous. */
  readonly peek: (minimumValidity?: number) => AccessToken | undefined
  /** A valid token: the held one, or a fresh one. */
  readonly token: (options?: AcquireOptions) => Effect.Effect<AccessToken, TokenError>
  /**
   * Forgets this very token, so that the next call gets another one. Does nothing when another has taken
   * its place already: fifty holders of a refused token cause one renewal. Whether it was forgotten.
   */
  readonly invalidate: (token: { readonly id: string }) => Effect.Effect<boolean, TokenError>
}

/** A token may die between its arrival and its use; a caller then asks once more. */
const maximumFetches = 2

/** @internal */
export const makeSource = (
  acquisition: Acquisition,
  flights: Flights<Fetched>,
  key: TokenKey,
  grant: Grants.Grant
): TokenSource => {
  const now = () => monotonicMillis(acquisition.clock)

  const peek = (minimumValidity = 0): AccessToken | undefined => {
    const held = acquisition.store.peek(key)
    return held !== undefined && Lifetime.isUsable(held.lifetime, now(), minimumValidity)
      ? held.token
      : undefined
  }

  const fetch = (minimumValidity: number, left: number): Effect.Effect<AccessToken, TokenError> =>
    Effect.flatMap(
      flights.join(key, (flight) => acquire(acquisition, key, grant, minimumValidity, flight)),
      ({ lifetime, token }) => {
        // A token of unknown life is used at once or not at all.
        const usable =
          lifetime === undefined
            ? minimumValidity === 0
            : Lifetime.isUsable(lifetime, now(), minimumValidity)
        if (usable) return Effect.succeed(token)
        return left > 1 ? fetch(minimumValidity, left - 1) : tooShort(key)
      }
    )

  return {
    grant,
    key,
    peek,
    token: ({ deadline, minimumValidity = 0 } = {}) =>
      Effect.suspend(() => {
        const held = peek(minimumValidity)
        if (held !== undefined) return Effect.succeed(held)
        const problem = impossible(grant, minimumValidity)
        if (problem !== undefined) return Effect.fail(problem)
        const fetched = fetch(minimumValidity, maximumFetches)
        return deadline === undefined ? fetched : within(fetched, key, deadline)
      }),
    invalidate: (token) => acquisition.store.remove(key, token.id)
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
