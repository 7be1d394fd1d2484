/** Opens the store and puts a token: `open.ts <folder> [direct]`. Says `ok`, or what is wrong. */
import * as Effect from "effect/Effect"
import { writeSync } from "node:fs"
import { keep, key, open, openDirect } from "../support/store.ts"

const [folder = "", how] = process.argv.slice(2)

const outcome = await Effect.runPromise(
  Effect.scoped(
    Effect.flatMap(how === "direct" ? openDirect(folder) : open(folder), (store) =>
      keep(store, key("m1"), `t-${process.pid}`)
    )
  ).pipe(
    Effect.match({
      onSuccess: () => "ok",
      onFailure: (error) =>
        error._tag === "TokenError" && error.reason._tag === "InvalidConfiguration"
          ? error.reason.problem
          : error.message
    })
  )
)
writeSync(1, `${outcome}\n`)
