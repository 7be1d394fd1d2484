import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stdio from "effect/Stdio"
import { makeRequest, type Method, parseField } from "../src/api/request.ts"

/** What is sent for `onbehalf api METHOD /path --field …`. */
const requestWith = (method: Method, ...typed: ReadonlyArray<string>) => {
  const field = typed.map((text) => Option.getOrThrow(parseField(text)))
  return makeRequest({ method, path: "/path", field, input: Option.none() })
}

const platform = Layer.merge(NodeFileSystem.layer, Stdio.layerTest({}))

it.layer(platform)((it) => {
  it.effect(
    "leaves the numbers of a field as they were typed: an amount, an id of many digits",
    () =>
      Effect.gen(function* () {
        const typed = [
          "amount:=1.50",
          'more:={"id":12345678901234567890,"rates":[0.10]}',
          "text=1.50"
        ]
        const { body } = yield* requestWith("POST", ...typed)
        assert(body._tag === "Uint8Array")
        assert.strictEqual(
          new TextDecoder().decode(body.body),
          '{"amount":1.50,"more":{"id":12345678901234567890,"rates":[0.10]},"text":"1.50"}'
        )
        const { urlParams } = yield* requestWith("GET", ...typed)
        assert.deepStrictEqual(
          [...urlParams],
          [
            ["amount", "1.50"],
            ["more", '{"id":12345678901234567890,"rates":[0.10]}'],
            ["text", "1.50"]
          ]
        )
      })
  )

  it.effect("takes as JSON what is JSON", () =>
    Effect.sync(() => {
      for (const text of ["a:=", "a:=x", "a:={", "a:=01", "a:='x'"]) {
        assert.isTrue(Option.isNone(parseField(text)), text)
      }
    })
  )
})
