/** A token on stdout, because that is what was asked for. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Stdio from "effect/Stdio"
import { print } from "../output/print.ts"
import { say } from "../output/say.ts"
import { render } from "./formats.ts"
import type { Obtained } from "./obtain.ts"

/** With a warning where people see it, and whoever stands behind them. */
export const printToken = Effect.fnUntraced(function* (
  obtained: Obtained,
  format: Parameters<typeof render>[1]
) {
  const stdio = yield* Stdio.Stdio
  if (yield* stdio.stdoutIsTerminal) {
    yield* say(
      `this is a secret: whoever has it acts for ${obtained.token.organisation}. Keep it out of logs, tickets and chats`
    )
  }
  yield* print(render(obtained, format, yield* Clock.currentTimeMillis))
})
