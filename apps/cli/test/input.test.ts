import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import { inputProblem, shortText } from "../src/input.ts"

const bytes = new TextEncoder()

const read = (parts: ReadonlyArray<string>) =>
  Effect.provide(
    shortText,
    Stdio.layerTest({ stdin: Stream.fromIterable(parts.map((part) => bytes.encode(part))) })
  )

describe("what comes on stdin", () => {
  it.effect("is read to its end, in however many parts it comes", () =>
    Effect.gen(function* () {
      const parts = Array.from({ length: 100 }, (_, index) => String(index))
      assert.strictEqual(yield* read(parts), parts.join(""))
    })
  )

  it.effect("is refused when it is longer than anything that is meant", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(read(Array.from({ length: 65 }, () => "x".repeat(1_024))))
      assert.strictEqual(inputProblem(error), "stdin is longer than 64 KiB")
    })
  )
})
