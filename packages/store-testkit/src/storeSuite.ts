/**
 * The conformance suite in a vitest file.
 *
 * @since 0.1.0
 */
import { describe, it } from "@effect/vitest"
import { defaultTimeout, type StoreCase, storeCases, type StoreSuiteOptions } from "./StoreCases.ts"

/** Milliseconds more than a case has, so that it is the case that says what it waited for. */
const more = 5_000

/** Groups that wait for time to pass; each case has keys of its own, so all of them wait together, after the others. */
const waiting = new Set(["expiry", "leases"])

/**
 * Registers every case as a test, in a `describe` of the store's name. What the store cannot is skipped, with
 * the reason in the name.
 *
 * @category constructors
 * @since 0.1.0
 */
export const storeSuite = (name: string, options: StoreSuiteOptions): void => {
  const timeout = (options.timeout ?? defaultTimeout) + more
  const groups = [...Map.groupBy(storeCases(options), (one) => one.group)]
  describe(name, () => {
    for (const concurrent of [false, true]) {
      for (const [group, cases] of groups.filter(([group]) => waiting.has(group) === concurrent)) {
        describe(group, { concurrent }, () => cases.forEach((one) => register(one, timeout)))
      }
    }
  })
}

const register = ({ name, run, skipped }: StoreCase, timeout: number): void =>
  skipped === undefined
    ? it.live(name, () => run, timeout)
    : it.live.skip(`${name} (cannot ${skipped})`, () => run)
