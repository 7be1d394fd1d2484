/** How far something is and what it waits for: on a terminal's stderr only, and gone when it is done. */
import * as Effect from "effect/Effect"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import { Verbose } from "../configuration/flags.ts"
import { printable } from "./printable.ts"
import { isRewritable } from "./rewritable.ts"
import { sayRaw } from "./say.ts"

const clearLine = "\r\u001B[K"

/** A wait is shown when it has been this long, and each time again. */
const patience = "1 second"

const show = (text: string) => sayRaw(`${clearLine}${printable(text)} …`)

/** Says what is waited for, and for how long by now. What is printed comes after it. */
export const waiting =
  (what: string) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    Effect.gen(function* () {
      const stdio = yield* Stdio.Stdio
      const isShown = (yield* stdio.stderrIsTerminal) && (yield* isRewritable)
      // The lines that tell of each request would mix with it.
      if (!isShown || (yield* Verbose)) return yield* effect
      let seconds = 0
      const tick = Effect.suspend(() => show(`${what}, ${++seconds} s`))
      yield* Effect.addFinalizer(() => (seconds > 0 ? sayRaw(clearLine) : Effect.void))
      yield* Effect.forkScoped(Effect.forever(Effect.andThen(Effect.sleep(patience), tick)))
      return yield* effect
    }).pipe(Effect.scoped)

/** What arrives, with a count of it. Where the rows are on the terminal too, they tell enough: only waits are shown. */
export const counted =
  (what: string) =>
  <A, E, R>(found: Stream.Stream<A, E, R>) =>
    Effect.gen(function* () {
      const stdio = yield* Stdio.Stdio
      const visible =
        (yield* stdio.stderrIsTerminal) && !(yield* stdio.stdoutIsTerminal) && (yield* isRewritable)
      if (visible) yield* Effect.addFinalizer(() => sayRaw(clearLine))
      let count = 0
      return Stream.transformPull(found, (pull) =>
        Effect.succeed(
          Effect.suspend(() => waiting(`${count} ${what}`)(pull)).pipe(
            Effect.tap(({ length }) => {
              count += length
              return visible ? show(`${count} ${what}`) : Effect.void
            })
          )
        )
      )
    })
