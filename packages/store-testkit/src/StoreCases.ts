/**
 * The cases of the suite as values: each has a name that stays, and can be run without a test runner.
 *
 * @since 0.1.0
 */
import type { StoreError } from "@onbehalf/core/TokenStore"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import type { CaseDefinition } from "./CaseDefinition.ts"
import { basic } from "./cases/basic.ts"
import { bounds } from "./cases/bounds.ts"
import { changes } from "./cases/changes.ts"
import { concurrency } from "./cases/concurrency.ts"
import { corruption } from "./cases/corruption.ts"
import { expiry } from "./cases/expiry.ts"
import { generations } from "./cases/generations.ts"
import { isolation } from "./cases/isolation.ts"
import { leases } from "./cases/leases.ts"
import { secrecy } from "./cases/secrecy.ts"
import type { Ability, StoreBackend } from "./StoreBackend.ts"
import * as Workbench from "./Workbench.ts"

/**
 * A case for one store.
 *
 * @category models
 * @since 0.1.0
 */
export interface StoreCase {
  readonly group: string
  readonly name: string
  /** Why the store cannot be asked for it; `undefined`: it can. */
  readonly skipped: string | undefined
  /** Succeeds where the promise is kept. A broken promise is a defect that says which; fails where the store does. */
  readonly run: Effect.Effect<void, StoreError>
}

/**
 * How a store is put to the test: a {@link StoreBackend}, or an effect that makes one for each case.
 *
 * @category models
 * @since 0.1.0
 */
export type StoreSuiteOptions = SuiteSettings &
  (StoreBackend | { readonly backend: Effect.Effect<StoreBackend, Error, Scope.Scope> })

/**
 * What a store offers beside the protocol, and by which clock it is tried.
 *
 * @category models
 * @since 0.1.0
 */
export interface SuiteSettings {
  /** `test`: time is the `TestClock`'s, for a store that keeps no clock elsewhere. Default: `live`. */
  readonly clock?: "test" | "live" | undefined
  /** What the store does not offer, and why. Those cases are skipped, and shown with the reason. */
  readonly cannot?: Partial<Record<Ability, string>> | undefined
  /** Milliseconds of the real clock for one case. Default: 25 000. */
  readonly timeout?: number | undefined
}

/**
 * What {@link SuiteSettings} leaves out: longer than all the waiting of any case.
 *
 * @category constants
 * @since 0.1.0
 */
export const defaultTimeout = 25_000

const groups = {
  basic,
  expiry,
  isolation,
  generations,
  leases,
  changes,
  concurrency,
  corruption,
  secrecy,
  bounds
}

/**
 * Every case, for one store.
 *
 * @category constructors
 * @since 0.1.0
 */
export const storeCases = (options: StoreSuiteOptions): ReadonlyArray<StoreCase> =>
  Object.entries<ReadonlyArray<CaseDefinition>>(groups).flatMap(([group, cases]) =>
    cases.map((one) => ({
      group,
      name: one.name,
      skipped: reasonToSkip(one, options),
      run: runOf(one, options)
    }))
  )

const reasonToSkip = (
  { needs = [] }: CaseDefinition,
  { cannot = {} }: SuiteSettings
): string | undefined => {
  const missing = needs.find((ability) => cannot[ability] !== undefined)
  return missing === undefined ? undefined : `${missing}: ${cannot[missing]}`
}

const runOf = ({ name, run }: CaseDefinition, options: StoreSuiteOptions) => {
  const { clock = "live", timeout = defaultTimeout } = options
  const backend = "backend" in options ? Effect.orDie(options.backend) : Effect.succeed(options)
  const whole = Effect.scoped(
    Effect.flatMap(backend, (backend) => Effect.flatMap(Workbench.make(backend, clock), run))
  )
  return Effect.timeoutOrElse(clock === "test" ? Effect.provide(whole, TestClock.layer()) : whole, {
    duration: timeout,
    orElse: () => Effect.die(new Error(`did not end: ${name}`))
  })
}
