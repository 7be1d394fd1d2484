import { assert, describe, it } from "@effect/vitest"
import * as KeyCircuit from "../src/internal/keyCircuit.ts"
import { InvalidApiKey, TokenError } from "../src/TokenError.ts"

const refusal = new TokenError({ reason: new InvalidApiKey({}) })

const circuit = () => {
  const clock = { time: 0 }
  return { clock, circuit: KeyCircuit.make(() => clock.time) }
}

describe("F3: the circuit for the API key", () => {
  it("opens for 1, 2, 4 … seconds, for a minute at most, and from 1 again once it was closed", () => {
    const { clock, circuit: one } = circuit()
    const pause = () => {
      one.open(refusal)
      const { time } = clock
      while (one.refuses() !== undefined) clock.time += 500
      return clock.time - time
    }
    const pauses = Array.from({ length: 9 }, pause)
    assert.deepStrictEqual(
      pauses,
      [1, 2, 4, 8, 16, 32, 60, 60, 60].map((seconds) => seconds * 1_000)
    )
    one.close()
    assert.strictEqual(one.openFor(), 0)
    assert.strictEqual(pause(), 1_000)
  })

  it("one tries alone: until it has ended the others are refused, however long that takes", () => {
    const { clock, circuit: one } = circuit()
    assert.isFalse(one.beginProbe())
    one.open(refusal)
    assert.strictEqual(one.openFor(), 1_000)
    clock.time = 1_000
    assert.strictEqual(one.refuses(), undefined)
    assert.isTrue(one.beginProbe())
    assert.strictEqual(one.refuses(), refusal)
    clock.time = 600_000
    assert.strictEqual(one.refuses(), refusal)
    one.endProbe()
    assert.strictEqual(one.refuses(), undefined)
  })
})
