/**
 * The conformance suite for token stores, and a store that fails on demand.
 *
 * @since 0.1.0
 */
export * as FaultyStore from "./FaultyStore.ts"
export type { Ability, StoreBackend } from "./StoreBackend.ts"
export {
  type StoreCase,
  storeCases,
  type StoreSuiteOptions,
  type SuiteSettings
} from "./StoreCases.ts"
export { storeSuite } from "./storeSuite.ts"
export { testKey, type TestKeyOptions, testToken, type TestTokenOptions } from "./TestToken.ts"
export type { Workbench } from "./Workbench.ts"
