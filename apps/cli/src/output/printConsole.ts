/** Help and version: effect writes them to a console, which does not notice that stdout is full or gone. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { print } from "./print.ts"

/** What is written to the console in between is printed like all data, once it is whole. */
export const printConsole = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const console = yield* Console.Console
    let text = ""
    const collecting: Console.Console = Object.assign(Object.create(console), {
      log: (line: string) => {
        text += `${line}\n`
      }
    })
    const result = yield* Effect.provideService(effect, Console.Console, collecting)
    if (text !== "") yield* print(text)
    return result
  })
