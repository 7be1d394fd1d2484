import { assert, describe, it } from "@effect/vitest"
import * as TokenSeal from "@onbehalf/core/TokenSeal"
import * as Effect from "effect/Effect"
import { run } from "./support/cli.ts"

/** It has nothing to do with Nuapay. */
const withoutApiKey = { env: { NUAPAY_API_KEY: "" } }

const newKey = () => run(["seal-key", "new"], withoutApiKey)

describe("seal-key new", () => {
  it("prints a key that seals, alone, on stdout", async () => {
    const { code, stderr, stdout } = await newKey()
    assert.deepStrictEqual({ code, stderr }, { code: 0, stderr: "" })
    assert.match(stdout, /^[A-Za-z0-9+/]{43}=\n$/)
    await Effect.runPromise(TokenSeal.make({ sealKey: stdout.trim() }))
  })

  it("prints another one each time", async () => {
    const [one, other] = await Promise.all([newKey(), newKey()])
    assert.notStrictEqual(one.stdout, other.stdout)
  })

  it("tells what it is for, and where the key before it goes", async () => {
    const { code, stdout } = await run(["seal-key", "new", "--help"], withoutApiKey)
    assert.strictEqual(code, 0)
    assert.include(stdout, "ONBEHALF_SEAL_KEY")
    assert.include(stdout, "ONBEHALF_SEAL_KEYS_OLD")
  })

  it("prints no key when it was asked for something else", async () => {
    const { code, stderr, stdout } = await run(["seal-key", "new", "again"], withoutApiKey)
    assert.strictEqual(code, 2)
    assert.strictEqual(stdout, "")
    assert.match(stderr, /^onbehalf: [^\n]+\n$/)
  })
})
