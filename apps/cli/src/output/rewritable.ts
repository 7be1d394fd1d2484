/** What a terminal can do with what it shows already. */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"

/** Whether a line can be written anew: a terminal that calls itself dumb shows the codes for it. */
export const isRewritable: Effect.Effect<boolean> = Config.String("TERM").pipe(
  Effect.map((name) => name !== "dumb"),
  Effect.orElseSucceed(() => true)
)
