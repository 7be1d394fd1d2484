/** `onbehalf watch`: the life of a merchant's token, as it goes by. */
import * as Command from "effect/cli/Command"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Stdio from "effect/Stdio"
import * as Terminal from "effect/Terminal"
import { formatDuration } from "../duration.ts"
import { lifeBar } from "../output/lifeBar.ts"
import { print } from "../output/print.ts"
import { isRewritable } from "../output/rewritable.ts"
import { say } from "../output/say.ts"
import * as Services from "../services.ts"
import { type Obtained, obtain } from "../token/obtain.ts"
import { grantOf, merchantGrant } from "./flags.ts"

const replaceLine = "\r\u001B[K"

/** `onbehalf watch`. */
export const watch = Command.make(
  "watch",
  merchantGrant,
  Effect.fnUntraced(function* (given) {
    const grant = yield* grantOf(given)
    const stdio = yield* Stdio.Stdio
    const live = (yield* stdio.stdoutIsTerminal) && (yield* isRewritable)
    const terminal = yield* Terminal.Terminal
    let seen = yield* obtain(grant)
    let renewals = 0
    while (true) {
      const line = describe(seen, renewals, yield* Clock.currentTimeMillis)
      // Of a line that wraps only the last part could be replaced.
      const width = live ? (yield* terminal.columns) - 1 : line.length
      yield* print(live ? `${replaceLine}${line.slice(0, width)}` : `${line}\n`)
      yield* Effect.sleep("1 second")
      const next = yield* Effect.result(obtain(grant))
      if (next._tag === "Failure") {
        if (live) yield* print(replaceLine)
        yield* say(next.failure.message)
        continue
      }
      if (next.success.token.id !== seen.token.id) renewals += 1
      seen = next.success
    }
  })
).pipe(
  Command.withDescription(
    "Show the life of a merchant's token: how long it has left, and when another takes its place. It is in use while you look: it is renewed when it is due. Ctrl-C ends it"
  ),
  Command.withExamples([
    { command: "onbehalf watch <organisation> --scope admin --expires-in 1m" },
    {
      command: "onbehalf watch <organisation> --scope admin | tee token-life.log",
      description: "A plain line each second"
    }
  ]),
  Command.provide(Services.lastingBroker)
)

const describe = ({ life, token }: Obtained, renewals: number, now: number): string => {
  const time = new Date(now).toISOString().slice(11, 19)
  const left = life === undefined ? 0 : Math.max(0, (life.end - now) / 1000)
  const bar =
    life === undefined
      ? "not kept"
      : `${lifeBar((life.end - now) / (life.end - life.begin))} ${formatDuration(left)} left`
  return `${time}  ${bar}  ${renewals} renewed  ${token.organisation}  ${token.id}`
}
