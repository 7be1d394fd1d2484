import { storeCases, type StoreSuiteOptions } from "@onbehalf/store-testkit"
import { describe, it } from "@effect/vitest"

type Group = "basic" | "generations" | "leases" | "changes" | "concurrency"

/** Some groups of the conformance suite, for what differs from a store that passes all of it in one part only. */
export const suitePart = (
  name: string,
  options: StoreSuiteOptions,
  groups: ReadonlyArray<Group>
): void => {
  const chosen = new Set<string>(groups)
  describe(name, () => {
    for (const one of storeCases(options)) {
      if (chosen.has(one.group)) it.live(`${one.group}: ${one.name}`, () => one.run)
    }
  })
}
