/** Takes a lease and says its fence; told so, puts a token and says what came of it: `holder.ts <folder>`. */
import * as Effect from "effect/Effect"
import { writeSync } from "node:fs"
import { key, open, token } from "../support/store.ts"

const [folder = ""] = process.argv.slice(2)
const say = (line: string) => Effect.sync(() => writeSync(1, `${line}\n`))
const told = Effect.callback<void>((resume) => {
  process.stdin.once("data", () => resume(Effect.void))
})

await Effect.runPromise(
  Effect.scoped(
    Effect.gen(function* () {
      const store = yield* open(folder)
      const { generation } = yield* store.get(key("m1"))
      const lease = yield* store.lease(key("m1"), 60_000)
      yield* say(`fence ${lease?.fence}`)
      yield* told
      yield* say(yield* store.put(yield* token(key("m1"), "late"), generation))
    })
  )
)
process.exit(0)
