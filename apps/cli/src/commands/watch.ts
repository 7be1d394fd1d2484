/** `onbehalf watch`: the life of a merchant's token, as it goes by. */
import type { TokenError } from "@onbehalf/core/TokenError"
import * as Command from "effect/cli/Command"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Stdio from "effect/Stdio"
import { formatDuration } from "../duration.ts"
import { lifeBar } from "../output/lifeBar.ts"
import { print } from "../output/print.ts"
import { printable } from "../output/printable.ts"
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
    const live = yield* stdio.stdoutIsTerminal
    let seen = yield* obtain(grant)
    let renewals = 0
    while (true) {
      const line = describe(seen, renewals, yield* Clock.currentTimeMillis)
      yield* print(live ? `${replaceLine}${line}` : `${line}\n`)
      yield* Effect.sleep("1 second")
      const next = yield* Effect.result(obtain(grant))
      if (next._tag === "Failure") {
        const text = `${printable(messageOf(next.failure))}\n`
        yield* print(live ? `${replaceLine}${text}` : text)
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
  Command.provide(Services.broker)
)

const messageOf = (error: TokenError): string => error.message

const describe = ({ life, token }: Obtained, renewals: number, now: number): string => {
  const time = new Date(now).toISOString().slice(11, 19)
  const left = life === undefined ? 0 : Math.max(0, (life.end - now) / 1000)
  const bar =
    life === undefined
      ? "not kept"
      : `${lifeBar((life.end - now) / (life.end - life.begin))} ${formatDuration(left)} left`
  return `${time}  ${token.organisation}  ${token.id}  ${bar}  ${renewals} renewed`
}
