/** Talk, on stderr: one line each, no control characters, and never the API key. */
import * as Partner from "@onbehalf/core/Partner"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import { printable } from "./printable.ts"

/** Says one line. When nobody can hear it, that is no failure. */
export const say = (line: string): Effect.Effect<void, never, Stdio.Stdio> =>
  Effect.gen(function* () {
    const stdio = yield* Stdio.Stdio
    const text = yield* withoutApiKey(printable(line.replace(/\s+/g, " ").trim()))
    yield* Effect.ignore(Stream.run(Stream.make(`onbehalf: ${text}\n`), stdio.stderr()))
  })

/** A key that was typed where an id or a path belongs must not come back in the complaint about it. */
const withoutApiKey = (text: string): Effect.Effect<string> =>
  Partner.config.pipe(
    Effect.map(({ apiKey }) => Redacted.value(apiKey)),
    Effect.map((key) => (key === "" ? text : text.replaceAll(key, "<NUAPAY_API_KEY>"))),
    Effect.orElseSucceed(() => text)
  )
