import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Launcher from "../src/internal/launcher.ts"

it.effect("hundreds of flights begin within one turn of the event loop, however long that is", () =>
  Effect.gen(function* () {
    const launch = yield* Launcher.make(yield* Effect.scope, () => undefined)
    let begun = 0
    for (let count = 0; count < 500; count++) launch(Effect.sync(() => begun++))
    yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
    assert.strictEqual(begun, 500)
  }).pipe(Effect.scoped)
)
