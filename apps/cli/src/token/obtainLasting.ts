/** A token for what takes a while: one that is nearly used up would not do. */
import type { Grant } from "@onbehalf/core/Grant"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { formatDuration } from "../duration.ts"
import { say } from "../output/say.ts"
import { type Obtained, obtain } from "./obtain.ts"

/**
 * A token that is good for half of `expiresIn` seconds at least: another is fetched in place of one that is used up
 * further. Where Nuapay gives none for so long, the one that there is must do, and that is said.
 */
export const obtainLasting = Effect.fnUntraced(function* (grant: Grant, expiresIn: number) {
  const half = (expiresIn * 1000) / 2
  const found = yield* obtain(grant)
  if ((yield* millisLeft(found)) >= half) return found
  // Where even a whole life is shorter, another token would be no better.
  const lasting =
    wholeLife(found) < half ? found : yield* Effect.orElseSucceed(obtain(grant, half), () => found)
  const left = yield* millisLeft(lasting)
  if (left < half) {
    yield* say(`the token is good for ${formatDuration(left / 1000)}: Nuapay gave none for longer`)
  }
  return lasting
})

/** Until it should not be used any more. Of a token whose life is not known there is none better. */
const millisLeft = ({ life }: Obtained) =>
  Effect.map(Clock.currentTimeMillis, (now) =>
    life === undefined ? Infinity : Math.max(0, life.limit - now)
  )

const wholeLife = ({ life }: Obtained): number =>
  life === undefined ? Infinity : life.limit - life.begin
