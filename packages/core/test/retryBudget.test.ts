import { assert, describe, it } from "@effect/vitest"
import * as RetryBudget from "../src/internal/retryBudget.ts"

const drain = (budget: RetryBudget.RetryBudget): number => {
  let taken = 0
  while (budget.take()) taken++
  return taken
}

describe("RetryBudget (invariant 8)", () => {
  it("a hundred retries are free, then each fifth request earns one", () => {
    const budget = RetryBudget.make()
    assert.strictEqual(drain(budget), 100)
    for (let request = 0; request < 52; request++) budget.earn()
    assert.strictEqual(drain(budget), 10)
    assert.isFalse(budget.take())
  })

  it("no quiet time saves up more than a hundred", () => {
    const budget = RetryBudget.make()
    for (let request = 0; request < 10_000; request++) budget.earn()
    assert.strictEqual(drain(budget), 100)
  })
})
