import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { startNode } from "./support/child.ts"
import { keep, key, open } from "./support/store.ts"
import { temporaryFolder } from "./support/temporaryFolder.ts"

/** When another process heard of which token. */
const listener = (directory: string) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const heard = new Map<string, number>()
      const child = startNode("listener.ts", [directory], (line) => {
        const [id = "", time = ""] = line.split(" ")
        heard.set(id, Number(time))
      })
      while (!heard.has("Connected")) await new Promise((resolve) => setTimeout(resolve, 5))
      return { child, heard }
    }),
    ({ child }) => Effect.sync(() => child.process.kill("SIGKILL"))
  )

describe("changes", () => {
  it.live("reach another process within 25 milliseconds, by the median", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryFolder
      const store = yield* open(directory)
      const { heard } = yield* listener(directory)
      const delays: Array<number> = []
      for (let index = 0; index < 41; index++) {
        const id = `t${index}`
        yield* keep(store, key("m1"), id)
        const stored = performance.timeOrigin + performance.now()
        while (!heard.has(id)) yield* Effect.sleep(1)
        delays.push((heard.get(id) ?? Number.NaN) - stored)
        yield* Effect.sleep(index % 10)
      }
      const sorted = delays.toSorted((one, other) => one - other)
      assert.isBelow(sorted[20] ?? Number.NaN, 25)
    })
  )
})
