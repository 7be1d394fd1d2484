/**
 * The conformance suite in a vitest file.
 *
 * @since 0.1.0
 */
import { describe, it } from "@effect/vitest"
import { type StoreCase, storeCases, type StoreSuiteOptions } from "./StoreCases.ts"

/** Longer than a case's own patience, so that it is the case that says what was missing. */
const timeout = 30_000

/**
 * Registers every case as a test, in a `describe` of the store's name. What the store cannot is skipped, with
 * the reason in the name.
 *
 * @category constructors
 * @since 0.1.0
 */
export const storeSuite = (name: string, options: StoreSuiteOptions): void => {
  const groups = Map.groupBy(storeCases(options), (one) => one.group)
  describe(name, () => {
    for (const [group, cases] of groups) describe(group, () => cases.forEach(register))
  })
}

const register = ({ name, run, skipped }: StoreCase): void =>
  skipped === undefined
    ? it.live(name, () => run, timeout)
    : it.live.skip(`${name} (cannot ${skipped})`, () => run)
