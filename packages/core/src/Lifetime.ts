/**
 * Pure arithmetic on the life of a token. All values are milliseconds; `now` is the local monotonic clock,
 * so that neither a wrong wall clock nor a step of it can keep a dead token alive.
 *
 * @since 0.1.0
 */

/**
 * The four moments in the life of a token, in milliseconds of the local monotonic clock.
 *
 * @category models
 * @since 0.1.0
 */
export interface Lifetime {
  /** When the request for the token was sent, on the local monotonic clock. */
  readonly issued: number
  /** From here on the token is renewed ahead while it is still in use. */
  readonly renewal: number
  /** From here on the token is not handed out. */
  readonly limit: number
  /** From here on the upstream refuses it. */
  readonly end: number
}

/**
 * What is known of a token's life from an answer and its request.
 *
 * @category models
 * @since 0.1.0
 */
export interface LifeBounds {
  /** `createdTimestamp`: epoch milliseconds of the server's clock. */
  readonly createdTimestamp: number | undefined
  /** `expiryTime`: epoch milliseconds of the server's clock. */
  readonly expiryTime: number | undefined
  /** The answer's `Date` header, as epoch milliseconds. */
  readonly date: number | undefined
  /** The life that was asked for, in milliseconds. */
  readonly requested: number | undefined
}

/** A timestamp before 2001 is not one in milliseconds: it is absurd, or in seconds. */
const earliest = 1_000_000_000_000

/** The longest life that can be asked for is a year; what claims ten is not a life. */
const longest = 10 * 31_556_926_000

/**
 * How long the token lives. The difference of two readings of the server's clock, so that the local
 * clock's error cancels out; where `createdTimestamp` is missing or absurd, the `Date` header stands in
 * for it; the life that was asked for is a bound as well, and the smallest bound wins. `undefined` where
 * nothing is known: such a token is used once and not kept. Zero or less: dead on arrival.
 *
 * @category arithmetic
 * @since 0.1.0
 */
export const life = (bounds: LifeBounds): number | undefined => {
  const stated = statedLife(bounds)
  if (stated === undefined) return bounds.requested
  return bounds.requested === undefined ? stated : Math.min(stated, bounds.requested)
}

const statedLife = ({ createdTimestamp, date, expiryTime }: LifeBounds): number | undefined => {
  if (!isTimestamp(expiryTime)) return undefined
  const start = isTimestamp(createdTimestamp) ? createdTimestamp : date
  if (start === undefined) return undefined
  const stated = expiryTime - start
  return stated > longest ? undefined : stated
}

const isTimestamp = (value: number | undefined): value is number =>
  value !== undefined && Number.isFinite(value) && value >= earliest

/**
 * The margin at the end of a life in which the token is no longer handed out: a tenth of the life, at
 * least one second, at most thirty.
 *
 * @category arithmetic
 * @since 0.1.0
 */
export const margin = (life: number): number => Math.min(30_000, Math.max(1_000, life / 10))

/** Parts of the life: renewal is due from here on, at the earliest, and how far it is spread. */
const earliestRenewal = 0.65
const renewalSpread = 0.15

/**
 * The life of one token: when it is due for renewal, and when it must not be used any more, in monotonic milliseconds.
 *
 * @param issued when the request was sent (monotonic)
 * @param life in milliseconds
 * @param random 0 to 1, drawn once per token, so that a fleet does not renew in step
 * @category constructors
 * @since 0.1.0
 */
export const make = (issued: number, life: number, random: number): Lifetime => ({
  issued,
  renewal: issued + life * (earliestRenewal + renewalSpread * random),
  limit: issued + life - margin(life),
  end: issued + life
})

/**
 * The `random` of {@link make} again, so that a store can give back the same lifetime to another process.
 *
 * @category accessors
 * @since 0.1.0
 */
export const drawn = ({ end, issued, renewal }: Lifetime): number => {
  const random = ((renewal - issued) / (end - issued) - earliestRenewal) / renewalSpread
  return Math.min(1, Math.max(0, random))
}

/**
 * Whether the token may be handed out to a caller who needs it for `minimumValidity` more.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isUsable = (self: Lifetime, now: number, minimumValidity = 0): boolean =>
  now + minimumValidity < self.limit

/**
 * When a process renews the token ahead. Each that shares it has a time of its own: the first renews it, the others
 * find it renewed.
 *
 * @param shift 0 to 1, drawn once per process; with 0, when the token itself says
 * @category accessors
 * @since 0.1.0
 */
export const renewalFor = (self: Lifetime, shift: number): number => {
  const share = drawn(self) + shift
  const life = self.end - self.issued
  return shift === 0
    ? self.renewal
    : self.issued + life * (earliestRenewal + renewalSpread * (share > 1 ? share - 1 : share))
}

/**
 * What is left until the hard limit; never negative.
 *
 * @category accessors
 * @since 0.1.0
 */
export const remaining = (self: Lifetime, now: number): number => Math.max(0, self.limit - now)
