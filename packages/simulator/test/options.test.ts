import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { InvalidOptions, Simulator, startSimulator } from "../src/index.ts"

type Options = NonNullable<Parameters<typeof startSimulator>[0]>

describe("wrong options", () => {
  it.each([
    [{ port: 99_999 }, "port"],
    [{ port: -1 }, "port"],
    [{ port: 1.5 }, "port"],
    [{ port: "4010" }, "port"],
    [{ controlPort: 65_536 }, "controlPort"],
    [{ host: "" }, "host"],
    [{ merchants: 0 }, "merchants"],
    [{ merchants: 5_001 }, "merchants"],
    [{ merchants: Number.NaN }, "merchants"],
    [{ apiKey: "" }, "apiKey"],
    [{ apiKey: "with:colon" }, "apiKey"],
    [{ apiKey: "clé" }, "apiKey"],
    [{ clock: 7 }, "clock"],
    [{ seed: 7 }, "seed"],
    [{ gatekeeperPrefix: 7 }, "gatekeeperPrefix"],
    [{ gatekeeperPrefix: "/:any" }, "gatekeeperPrefix"],
    [{ organisationPrefix: "/a?b" }, "organisationPrefix"],
    [{ revokeUnknown: 500 }, "revokeUnknown"],
    [{ errorDetails: "text" }, "errorDetails"],
    [{ rateLimit: { requests: 0, perMillis: 1_000 } }, "requests"],
    [{ rateLimit: { requests: 1 } }, "perMillis"],
    [{ applicationTokenSeconds: 0 }, "applicationTokenSeconds"],
    [{ maximumBodyBytes: -1 }, "maximumBodyBytes"]
  ])("%j is refused by its name", async (options, name) => {
    const error = await startSimulator(options as Options).then(
      () => assert.fail("it started"),
      (cause: unknown) => cause
    )
    assert.instanceOf(error, InvalidOptions)
    assert.include(error.message, "The simulator cannot be set up with these options")
    assert.include(error.message, `["${name}"]`)
    assert.notInclude(error.message, "\n")
  })

  it("all that are wrong are named", async () => {
    const error = await startSimulator({ merchants: 0, maximumBodyBytes: 0 }).catch(
      (cause: unknown) => cause
    )
    assert.match(String(error), /merchants.*maximumBodyBytes/)
  })

  it.effect("are a typed error of the layers", () =>
    Effect.gen(function* () {
      const layer = Simulator.layerServer({ port: 99_999 }).pipe(Layer.provide(Simulator.layer()))
      const error = yield* Effect.flip(Effect.scoped(Layer.build(layer)))
      assert.strictEqual(error._tag, "InvalidOptions")
    })
  )
})

describe("options at their bounds", () => {
  it.each([1, 5_000])("%i merchants", async (merchants) => {
    await using simulator = await startSimulator({ merchants, controlPort: 0, host: "127.0.0.1" })
    assert.strictEqual(simulator.merchants.length, merchants)
  })
})
