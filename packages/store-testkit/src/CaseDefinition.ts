import type { StoreError, TokenStore } from "@onbehalf/core/TokenStore"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Ability } from "./StoreBackend.ts"
import type { Workbench } from "./Workbench.ts"

/** A case as it is written. Its name stays: a broken store is known by the names that it fails. */
export interface CaseDefinition {
  readonly name: string
  readonly needs?: ReadonlyArray<Ability>
  /** A promise that was not kept is a defect, which says which; trouble with the store is an error. */
  readonly run: (bench: Workbench) => Effect.Effect<void, StoreError, Scope.Scope>
}

type Store = TokenStore["Service"]

/** Two cases: both roles played by one process, and each by its own. */
export const inOneAndInTwo = (
  name: string,
  run: (bench: Workbench, one: Store, other: Store) => Effect.Effect<void, StoreError, Scope.Scope>,
  needs: ReadonlyArray<Ability> = []
): ReadonlyArray<CaseDefinition> => [
  { name, needs, run: (bench) => Effect.flatMap(bench.open, (store) => run(bench, store, store)) },
  {
    name: `${name}, between processes`,
    needs: [...needs, "share"],
    run: (bench) =>
      Effect.flatMap(bench.open, (one) =>
        Effect.flatMap(bench.open, (other) => run(bench, one, other))
      )
  }
]
