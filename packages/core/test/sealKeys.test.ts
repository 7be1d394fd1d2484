import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { inspect } from "node:util"
import { everyForm } from "../../../tests/support/canary.ts"
import type { TokenError } from "../src/TokenError.ts"
import * as TokenSeal from "../src/TokenSeal.ts"
import { base64, keyOf, life, sealKey, storedFor } from "./support/sealed.ts"

const { make, newKey } = TokenSeal

describe("keys of the configuration", () => {
  const wrong: ReadonlyArray<readonly [options: TokenSeal.SealOptions, setting: string]> = [
    [{ sealKey: "canary" }, "sealKey"],
    [{ sealKey: "" }, "sealKey"],
    [{ sealKey: Buffer.alloc(31, 9).toString("base64") }, "sealKey"],
    [{ sealKey: Buffer.alloc(33, 9).toString("base64") }, "sealKey"],
    [{ sealKey: Buffer.alloc(32, 9).toString("hex") }, "sealKey"],
    [{ sealKey: `${base64(9)}\n` }, "sealKey"],
    [{ sealKey: base64(9).replace("=", "") }, "sealKey"],
    [{ sealKey, oldSealKeys: ["canary"] }, "oldSealKeys"],
    [{ sealKey, oldSealKeys: [sealKey] }, "oldSealKeys"],
    [{ sealKey, oldSealKeys: [base64(2), base64(2)] }, "oldSealKeys"],
    [{ sealKey, plaintext: true }, "plaintext"],
    [{}, "sealKey"],
    [{ plaintext: false }, "sealKey"]
  ]

  const fromEnvironment = (
    variables: Record<string, string>,
    options: TokenSeal.SealOptions = {}
  ) =>
    Effect.provideService(
      make(options),
      ConfigProvider.ConfigProvider,
      ConfigProvider.fromEnvRecord(variables)
    )

  const assertNames = (error: TokenError, setting: string) => {
    assert.strictEqual(error.code, "invalid_configuration")
    assert.include(error.message, setting)
  }

  it.effect.each(wrong)("invariant 7: %j is refused, and not quoted", ([options, setting]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        Effect.provideService(
          make(options),
          ConfigProvider.ConfigProvider,
          ConfigProvider.fromEnvRecord({})
        )
      )
      assertNames(error, setting)
      for (const key of [options.sealKey, ...(options.oldSealKeys ?? [])]) {
        if (typeof key === "string" && key !== "") assert.notInclude(everyForm(error), key)
      }
    })
  )

  it.effect("come from the environment where the options name none", () =>
    Effect.gen(function* () {
      const key = keyOf()
      const old = yield* make({ sealKey: base64(2) })
      const seal = yield* fromEnvironment({
        ONBEHALF_SEAL_KEY: sealKey,
        ONBEHALF_SEAL_KEYS_OLD: `${base64(2)}, ${base64(3)}`
      })
      assert.isDefined(yield* seal.open(key, yield* old.seal(storedFor(key)), life))
      const options = yield* make({ sealKey: Redacted.make(sealKey) })
      assert.isDefined(yield* options.open(key, yield* seal.seal(storedFor(key)), life))
      assertNames(yield* Effect.flip(fromEnvironment({ ONBEHALF_SEAL_KEY: "" })), "sealKey")
      const short = fromEnvironment({ ONBEHALF_SEAL_KEY: "canary" })
      assert.notInclude(everyForm(yield* Effect.flip(short)), "canary")
    })
  )

  it.effect("the old ones come from there by themselves, and so does the new one", () =>
    Effect.gen(function* () {
      const key = keyOf()
      const sealed = yield* (yield* make({ sealKey: base64(2) })).seal(storedFor(key))
      const [one, other] = [
        yield* fromEnvironment({ ONBEHALF_SEAL_KEYS_OLD: base64(2) }, { sealKey }),
        yield* fromEnvironment({ ONBEHALF_SEAL_KEY: sealKey }, { oldSealKeys: [base64(2)] })
      ]
      assert.isDefined(yield* one.open(key, sealed, life))
      assert.isDefined(yield* other.open(key, sealed, life))
    })
  )

  it.effect("a new one is fit for use, is never the same, and does not print", () =>
    Effect.gen(function* () {
      const [one, two] = [yield* newKey, yield* newKey]
      assert.notStrictEqual(Redacted.value(one), Redacted.value(two))
      assert.strictEqual(inspect(one), "<redacted:sealKey>")
      const key = keyOf()
      const seal = yield* make({ sealKey: one, oldSealKeys: [two] })
      assert.isDefined(yield* seal.open(key, yield* seal.seal(storedFor(key)), life))
    })
  )

  it.effect("invariant 7: no key can be reached from a seal", () =>
    Effect.gen(function* () {
      const found = everyForm(yield* make({ sealKey, oldSealKeys: [base64(2)] }))
      assert.notInclude(found, sealKey)
      assert.notInclude(found, base64(2))
    })
  )
})
