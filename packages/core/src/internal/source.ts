import * as Effect from "effect/Effect"
import * as Effectable from "effect/Effectable"
import * as Exit from "effect/Exit"
import type { AccessToken } from "../AccessToken.ts"
import type * as Grants from "../Grant.ts"
import * as Lifetime from "../Lifetime.ts"
import { DeadlineExceeded, invalidRequest, TokenError, Unavailable } from "../TokenError.ts"
import type { TokenKey } from "../TokenKey.ts"
import type { AcquireOptions, TokenSource } from "../TokenSource.ts"
import type { StoredToken } from "../TokenStore.ts"
import { about } from "./about.ts"
import { acquire, type Acquisition, type Fetched } from "./acquisition.ts"
import type { Flights, Work } from "./flights.ts"

const noOptions: AcquireOptions = {}

/** A token may die between its arrival and its use; a caller then asks once more. */
const maximumFetches = 2

/** A source, with what only the broker needs of it. */
export interface BrokerSource extends TokenSource {
  /** A new token, whatever is held. */
  readonly renew: () => Effect.Effect<AccessToken, TokenError>
}

export const makeSource = (
  self: Acquisition,
  flights: Flights<Fetched>,
  key: TokenKey,
  grant: Grants.Grant
): BrokerSource => new Source(self, flights, key, grant)

/**
 * A class, because there is one for each merchant and grant: methods are shared, closures are not. It is the effect
 * that it gives out itself, for the same reason: with many merchants each object is a look into memory.
 */
class Source extends Effectable.Class<AccessToken, TokenError> implements BrokerSource {
  readonly grant: Grants.Grant
  readonly key: TokenKey
  readonly #self: Acquisition
  readonly #flights: Flights<Fetched>
  // In hand: what was found last, at which epoch of the store, and until when it is not due for renewal.
  #epoch = -1
  #until = 0
  #held: AccessToken | undefined
  /** The last new one that lived too short for whoever asked for it. */
  #short: Lifetime.Lifetime | undefined
  /** One success for as long as it is the same token: nothing is allocated for a token that is there. */
  #found: Exit.Exit<AccessToken> | undefined

  constructor(self: Acquisition, flights: Flights<Fetched>, key: TokenKey, grant: Grants.Grant) {
    super()
    this.#self = self
    this.#flights = flights
    this.key = key
    this.grant = grant
  }

  /** The hot path: what was found last is kept in hand, and holds until the store's epoch moves. */
  peek(minimumValidity = 0): AccessToken | undefined {
    // It would ask for a token that is dead already.
    if (minimumValidity < 0) return undefined
    const { now, store } = this.#self
    return this.#epoch === store.epoch() && now() + minimumValidity < this.#until
      ? this.#held
      : this.#look(minimumValidity)
  }

  token(options?: AcquireOptions): Effect.Effect<AccessToken, TokenError> {
    return options === undefined ? this : Effect.suspend(() => this.#token(options))
  }

  override asEffect(): Effect.Effect<AccessToken, TokenError> {
    return this.#token(noOptions)
  }

  invalidate(token: { readonly id: string }): Effect.Effect<boolean, TokenError> {
    return this.#self.store.remove(this.key, token.id)
  }

  renew(): Effect.Effect<AccessToken, TokenError> {
    return this.#fetch(0, true)
  }

  #look(minimumValidity: number): AccessToken | undefined {
    const { now, store } = this.#self
    this.#epoch = store.epoch()
    const held = store.peek(this.key)
    const time = now()
    const isDue = held !== undefined && time >= this.#renewalOf(held)
    // One that is due is looked for each time: in hand it would outlive its successor's arrival.
    this.#take(isDue ? undefined : held)
    if (held === undefined || !Lifetime.isUsable(held.lifetime, time, minimumValidity)) {
      return undefined
    }
    if (isDue) this.#renewAhead()
    return held.token
  }

  #take(held: StoredToken | undefined): void {
    if (held?.token !== this.#held) this.#found = undefined
    this.#held = held?.token
    // A whole number: any other would be an object of its own to the engine.
    this.#until = held === undefined ? 0 : Math.floor(this.#renewalOf(held))
  }

  #renewalOf({ lifetime }: StoredToken): number {
    return Lifetime.renewalFor(lifetime, this.#self.renewalShift)
  }

  #token(options: AcquireOptions): Effect.Effect<AccessToken, TokenError> {
    const held = this.peek(options.minimumValidity)
    if (held === undefined) return this.#slow(options)
    return held === this.#held ? (this.#found ??= Exit.succeed(held)) : Effect.succeed(held)
  }

  #slow({ deadline, minimumValidity = 0 }: AcquireOptions): Effect.Effect<AccessToken, TokenError> {
    const problem = impossible(this.grant, minimumValidity) ?? impossibleDeadline(deadline)
    if (problem !== undefined) return Effect.fail(problem)
    const { now } = this.#self
    const short = this.#short
    if (
      short !== undefined &&
      now() < short.issued + shortMemory &&
      isShort(short, minimumValidity)
    ) {
      return livesTooShort(short)
    }
    const fetched = this.#fetch(minimumValidity)
    return deadline === undefined ? fetched : within(fetched, this.key, deadline)
  }

  /** Unless that is under way, or failed a moment ago. */
  #renewAhead(): void {
    const { announcer, ledger, now } = this.#self
    const { grant, key } = this
    if (!ledger.mayRenew(key.text)) return
    const suffices = (held: StoredToken) => now() < this.#renewalOf(held)
    this.#flights.startAhead(key, (flight) =>
      Effect.andThen(
        announcer.announce({ _tag: "ServedWhileRenewing", organisation: key.organisation }),
        acquire(this.#self, { key, grant, suffices }, flight)
      )
    )
  }

  /** Waits for a fetch, and asks once more where its token has died in between, or was one for others only. */
  #fetch(
    minimumValidity: number,
    onlyNew = false,
    left = maximumFetches
  ): Effect.Effect<AccessToken, TokenError> {
    const { grant, key } = this
    const { now } = this.#self
    const need = onlyNew ? Number.POSITIVE_INFINITY : minimumValidity
    const suffices = (held: StoredToken) => Lifetime.isUsable(held.lifetime, now(), need)
    const work: Work<Fetched> = (flight) => acquire(this.#self, { key, grant, suffices }, flight)
    const joined =
      left === maximumFetches
        ? this.#flights.join(key, work, need)
        : this.#flights.joinNext(key, work, need)
    return Effect.flatMap(joined, (fetched) => {
      const { lifetime, token } = fetched
      // A token of unknown life is used at once or not at all.
      const usable =
        lifetime === undefined
          ? minimumValidity === 0
          : Lifetime.isUsable(lifetime, now(), minimumValidity)
      if (usable && (fetched.isNew || !onlyNew)) return Effect.succeed(token)
      if (lifetime !== undefined && fetched.isNew && isShort(lifetime, minimumValidity)) {
        this.#short = lifetime
        return livesTooShort(lifetime)
      }
      return left > 1 ? this.#fetch(minimumValidity, onlyNew, left - 1) : tooShort(key)
    })
  }
}

/** What no token of this grant could ever satisfy is refused before anything is sent. */
const impossible = (grant: Grants.Grant, minimumValidity: number): TokenError | undefined => {
  if (!(minimumValidity >= 0)) {
    return invalidRequest([{ field: "minimumValidity", description: "must be 0 or more" }])
  }
  if (grant._tag === "ApplicationGrant" || grant.expiresIn === undefined) return undefined
  const life = grant.expiresIn * 1000
  const most = life - Lifetime.margin(life)
  return minimumValidity < most
    ? undefined
    : invalidRequest([
        {
          field: "minimumValidity",
          description: `must be 0 to less than ${most} milliseconds when expiresIn is ${grant.expiresIn}`
        }
      ])
}

/** Milliseconds for which the upstream is not asked again for what it would not give. */
const shortMemory = 5_000

/** Whether a token does not live long enough for this caller, however new it is. */
const isShort = ({ issued, limit }: Lifetime.Lifetime, minimumValidity: number): boolean =>
  limit - issued <= minimumValidity

const livesTooShort = ({ issued, limit }: Lifetime.Lifetime) =>
  Effect.fail(
    invalidRequest([
      {
        field: "minimumValidity",
        description: `must be less than ${Math.floor(limit - issued)} milliseconds: the upstream lets these tokens live no longer`
      }
    ])
  )

const impossibleDeadline = (deadline: number | undefined): TokenError | undefined =>
  deadline === undefined || deadline > 0
    ? undefined
    : invalidRequest([{ field: "deadline", description: "must be more than 0 milliseconds" }])

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
