/** Says when it hears of which token: `listener.ts <folder>`. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { writeSync } from "node:fs"
import { open } from "../support/store.ts"

const [folder = ""] = process.argv.slice(2)
const now = () => performance.timeOrigin + performance.now()

await Effect.runPromise(
  Effect.scoped(
    Effect.flatMap(open(folder), ({ changes }) =>
      Stream.runForEach(changes, (change) =>
        Effect.sync(() => writeSync(1, `${"id" in change ? change.id : change._tag} ${now()}\n`))
      )
    )
  )
)
