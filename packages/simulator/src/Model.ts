import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { makeApiKeys, type ApiKeys } from "./ApiKeys.ts"
import { makeDirectory, type Directory } from "./Directory.ts"
import { makeFaults, type Faults } from "./Faults.ts"
import { makeSeed } from "./internal/seed.ts"
import { makeMerchantResources, type MerchantResources } from "./MerchantResources.ts"
import type { Settings } from "./Options.ts"
import { makeRateLimit, type RateLimit } from "./RateLimit.ts"
import { makeRequestLog, type RequestLog } from "./RequestLog.ts"
import { makeTokenMint, type TokenMint } from "./TokenMint.ts"

/** Everything a simulator knows, shared by its handlers and its control surface. */
export interface Model {
  readonly settings: Settings
  readonly directory: Directory
  readonly apiKeys: ApiKeys
  readonly mint: TokenMint
  readonly resources: MerchantResources
  readonly faults: Faults
  readonly log: RequestLog
  readonly rateLimit: RateLimit
  /** The server's clock: epoch milliseconds. */
  readonly now: Effect.Effect<number>
  /** Moves the server's clock forward for good. */
  readonly advance: (millis: number) => void
  /** Forgets tokens, payments, faults, log, counters and a moved clock; the keys are the first again. */
  readonly reset: () => void
}

/** Builds the model of the given settings. */
export const makeModel = (settings: Settings): Model => {
  const seed = makeSeed(settings.seed)
  const directory = makeDirectory(seed, settings)
  const apiKeys = makeApiKeys(seed, directory, settings)
  const mint = makeTokenMint(seed)
  const resources = makeMerchantResources(seed)
  const faults = makeFaults()
  const log = makeRequestLog()
  const rateLimit = makeRateLimit(settings.rateLimit)
  const own = settings.clock
  let ahead = 0
  return {
    settings,
    directory,
    apiKeys,
    mint,
    resources,
    faults,
    log,
    rateLimit,
    now: Effect.map(
      own === undefined ? Clock.currentTimeMillis : Effect.sync(own),
      (millis) => Math.trunc(millis) + ahead
    ),
    advance: (millis) => {
      ahead += Math.max(0, Math.trunc(millis))
    },
    reset: () => {
      ahead = 0
      apiKeys.replace(settings.apiKey)
      mint.clear()
      resources.clear()
      faults.clear()
      log.clear()
      rateLimit.clear()
    }
  }
}
