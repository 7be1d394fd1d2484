import { assert, describe, it } from "@effect/vitest"
import { runMutant } from "./mutant.ts"
import { mutations } from "./mutations.ts"

describe("the simulation finds what is broken on purpose", () => {
  it.each(mutations)(
    "$name",
    async (mutation) => {
      const ended = await runMutant(mutation, 600)
      assert.strictEqual(ended.code, 1, ended.stdout + ended.stderr)
      const [, broken] = /^seed \d+ broke (?:invariant )?(\w+):/.exec(ended.stdout) ?? []
      assert.strictEqual(broken, String(mutation.breaks), ended.stdout)
    },
    60_000
  )
})
