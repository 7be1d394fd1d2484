import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as Stream from "effect/Stream"
import type { Grant } from "../Grant.ts"
import type { TokenError } from "../TokenError.ts"
import { checkNumbers } from "./checkNumbers.ts"

/** How fast tokens are fetched before they are needed. */
export interface WarmOptions {
  /** Default: 20. */
  readonly perSecond?: number | undefined
}

/** How far it is. */
export interface WarmProgress {
  readonly grant: Grant
  /** Why this grant's token could not be had; the others go on. */
  readonly error: TokenError | undefined
  readonly done: number
  readonly total: number
}

/** Fetches under way at once. */
const concurrency = 8

export const warm = (
  acquire: (grant: Grant) => Effect.Effect<unknown, TokenError>,
  grants: ReadonlyArray<Grant>,
  { perSecond = 20 }: WarmOptions = {}
): Stream.Stream<WarmProgress, TokenError> =>
  Stream.unwrap(Effect.as(checkNumbers({ perSecond }), warming(acquire, grants, perSecond)))

const warming = (
  acquire: (grant: Grant) => Effect.Effect<unknown, TokenError>,
  grants: ReadonlyArray<Grant>,
  perSecond: number
): Stream.Stream<WarmProgress> =>
  Stream.suspend(() => {
    let done = 0
    return Stream.fromIterable(grants).pipe(
      Stream.rechunk(1),
      Stream.throttle({
        cost: (chunk) => chunk.length,
        units: 1,
        duration: Duration.millis(1_000 / perSecond),
        strategy: "shape"
      }),
      Stream.mapEffect(
        (grant) =>
          Effect.match(acquire(grant), { onFailure: identity, onSuccess: () => undefined }).pipe(
            Effect.map((error): WarmProgress => ({
              grant,
              error,
              done: ++done,
              total: grants.length
            }))
          ),
        { concurrency, unordered: true }
      )
    )
  })
