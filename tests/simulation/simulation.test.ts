import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { runMutant } from "./mutant.ts"
import { mutations } from "./mutations.ts"
import { simulate } from "./simulate.ts"

const seeds = 2_000

describe("simulation", () => {
  it(`invariants 1, 2, 3, 4 and 8 hold for ${seeds} seeds`, async () => {
    for (let seed = 1; seed <= seeds; seed++) {
      const broken = await Effect.runPromise(simulate(seed))
      assert.isUndefined(broken, `pnpm simulate --seeds 1 --from ${seed}: ${broken?.message}`)
    }
  }, 180_000)

  it("a seed replays exactly", async () => {
    const mutation = mutations.find((one) => one.name === "the limit is the end")
    if (mutation === undefined) throw new Error("no such mutation")
    const [once, again] = [await runMutant(mutation, 500), await runMutant(mutation, 500)]
    assert.match(once.stdout, /^seed \d+ broke invariant 2/)
    assert.strictEqual(once.stdout, again.stdout)
  }, 60_000)
})
