/** What users of @onbehalf/store-testkit write: see `names.ts`. */
import type * as StoreTestkitIndex from "@onbehalf/store-testkit"
import type { Contract, Has, Is, Named } from "./names.ts"

export type OfStoreTestkitIndex = Contract<
  [
    Has<
      typeof StoreTestkitIndex,
      "FaultyStore" | "storeCases" | "storeSuite" | "testKey" | "testToken"
    >,
    Is<
      StoreTestkitIndex.Ability,
      | "share"
      | "survive"
      | "connected"
      | "corrupt"
      | "transplant"
      | "atRest"
      | "disconnect"
      | "capacity"
    >,
    Has<
      StoreTestkitIndex.StoreBackend,
      "atRest?" | "capacity?" | "corrupt?" | "disconnect?" | "layer" | "transplant?"
    >,
    Has<StoreTestkitIndex.StoreCase, "group" | "name" | "run" | "skipped">,
    Has<
      StoreTestkitIndex.StoreSuiteOptions,
      | "atRest?"
      | "backend"
      | "cannot?"
      | "capacity?"
      | "clock?"
      | "corrupt?"
      | "disconnect?"
      | "layer"
      | "timeout?"
      | "transplant?"
    >,
    Has<StoreTestkitIndex.SuiteSettings, "cannot?" | "clock?" | "timeout?">,
    Has<
      StoreTestkitIndex.TestKeyOptions,
      "account?" | "environment?" | "expiresIn?" | "organisation?" | "scopes?"
    >,
    Has<
      StoreTestkitIndex.TestTokenOptions,
      "issued?" | "life?" | "organisation?" | "random?" | "resourceId?" | "scopes?" | "text?"
    >,
    Has<
      StoreTestkitIndex.Workbench,
      | "atRest"
      | "capacity"
      | "corrupt"
      | "disconnect"
      | "eventually"
      | "key"
      | "now"
      | "open"
      | "pass"
      | "token"
      | "transplant"
    >
  ]
>

export type OfFaultyStore = Contract<
  [
    Has<
      typeof StoreTestkitIndex.FaultyStore,
      | "corrupt"
      | "delay"
      | "drop"
      | "fail"
      | "hang"
      | "layer"
      | "lose"
      | "make"
      | "script"
      | "seeded"
    >,
    Is<
      StoreTestkitIndex.FaultyStore.Fault["_tag"],
      "Fail" | "Lose" | "Hang" | "Corrupt" | "Drop" | "Delay"
    >,
    Named<StoreTestkitIndex.FaultyStore.FaultPlan>,
    Named<StoreTestkitIndex.FaultyStore.Operation>
  ]
>
