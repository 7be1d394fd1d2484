/** What commands work with, made from the configuration. A command takes the least that it needs. */
import * as Gatekeeper from "@onbehalf/core/Gatekeeper"
import * as Partner from "@onbehalf/core/Partner"
import * as TieredStore from "@onbehalf/core/TieredStore"
import * as TokenBroker from "@onbehalf/core/TokenBroker"
import type { TokenError } from "@onbehalf/core/TokenError"
import * as TokenSeal from "@onbehalf/core/TokenSeal"
import { TokenStore } from "@onbehalf/core/TokenStore"
import * as FileStore from "@onbehalf/store-file"
import * as MemoryStore from "@onbehalf/store-memory"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { createHash } from "node:crypto"
import * as Configuration from "./configuration/Configuration.ts"
import { invalidSetting } from "./configuration/problem.ts"
import { sealKey } from "./configuration/sealKey.ts"
import { say } from "./output/say.ts"
import * as Trace from "./output/trace.ts"
import { withLastFetched } from "./token/lastFetched.ts"
import * as Transport from "./transport.ts"

/** The settings of this run. */
export const configuration = Configuration.layer

/**
 * Tokens are kept under the account's name. Whoever names none may change the key between two runs: then the
 * key makes the name, so that nobody gets what was fetched with another's.
 */
const accountOf = (apiKey: Redacted.Redacted): string =>
  `key-${createHash("sha256")
    .update(`onbehalf account ${Redacted.value(apiKey)}`)
    .digest("hex")
    .slice(0, 16)}`

/** The partner account. */
export const partner = Layer.effect(
  Partner.Partner,
  Effect.gen(function* () {
    const { apiKey, provider, value } = yield* Configuration.Configuration
    const { key } = yield* apiKey
    return yield* Partner.makeWithEnvironment({
      apiKey: key,
      account: value("account") ?? accountOf(key)
    }).pipe(Effect.provideService(ConfigProvider.ConfigProvider, provider))
  })
).pipe(Layer.provideMerge(configuration))

/** As the settings have it. */
export const transport = Transport.layer.pipe(Layer.provide(configuration))

/**
 * Milliseconds for a request, and for a token with all that it takes. Twice core's: many runs at once slow down the
 * one that fetches, and the others wait for it half of the deadline at most.
 */
const timeout = 10_000
const deadline = 30_000

/** The remote API. */
export const gatekeeper = Gatekeeper.layer({ timeout }).pipe(
  Layer.provideMerge(partner),
  Layer.provideMerge(Layer.provide(Trace.layer, transport))
)

/** Loaded by those alone who ask for it. */
const redisStore = Effect.fnUntraced(function* (
  url: string | undefined,
  sealKey: Redacted.Redacted | undefined
) {
  if (url === undefined) {
    return yield* invalidSetting(
      "redis_url (REDIS_URL)",
      "is missing: name the server that keeps the tokens"
    )
  }
  const { fromUrl } = yield* Effect.promise(() => import("@onbehalf/store-redis"))
  return fromUrl({ url: Redacted.make(url), sealKey })
})

/** What stores call their options, as it is set here. */
const settingOf: Readonly<Record<string, string>> = {
  url: "redis_url (REDIS_URL)",
  directory: "store_directory (ONBEHALF_STORE_DIRECTORY)"
}

/** Ways out that stores know and there are none of here. */
const elsewhere = /, (?:unless unencrypted is asked for|or hand in a client)$/

const asSetHere = (error: TokenError): TokenError => {
  if (error.reason._tag !== "InvalidConfiguration") return error
  const setting = settingOf[error.reason.setting]
  return setting === undefined
    ? error
    : invalidSetting(setting, error.reason.problem.replace(elsewhere, ""))
}

/** Where tokens are kept between two runs. */
const configuredStore = <E, R>(sealKey: Effect.Effect<Redacted.Redacted | undefined, E, R>) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const { provider, value } = yield* Configuration.Configuration
      const kind = value("store") ?? "file"
      if (kind === "memory") return MemoryStore.layer()
      if (kind !== "file" && kind !== "redis") {
        return yield* invalidSetting("store (ONBEHALF_STORE)", "must be file, memory or redis")
      }
      const key = yield* sealKey
      const made =
        kind === "file"
          ? // A thread takes longer to start than most runs take.
            FileStore.layer({ thread: false, sealKey: key, directory: value("store_directory") })
          : yield* redisStore(value("redis_url"), key)
      return Layer.provide(made, ConfigProvider.layer(provider)).pipe(
        Layer.catchTag("TokenError", (error) =>
          Layer.effect(TokenStore, Effect.fail(asSetHere(error)))
        )
      )
    })
  )

/** The store alone, for what needs no API key. */
export const store = configuredStore(sealKey).pipe(Layer.provideMerge(configuration))

/** A full disk takes no token away (invariant 10): where no key can be kept, one serves for this run. */
const sealKeyOfThisRun = Effect.catchTag(sealKey, "StoreFailed", ({ problem }) =>
  Effect.andThen(say(`${problem}: no token is kept for the next run`), TokenSeal.newKey)
)

const brokerStore = configuredStore(sealKeyOfThisRun)

/** Tokens for merchants, shared with every other run of this user. */
export const broker = TokenBroker.layer({ deadline }).pipe(
  Layer.provideMerge(withLastFetched(brokerStore)),
  Layer.provideMerge(gatekeeper)
)

/** Milliseconds for which a token is kept in hand while nobody can say whether it still holds. */
const inHand = 60_000

/** The same for what runs on: where the store is in trouble, a token is not fetched again at each look. */
export const lastingBroker = TokenBroker.layer({ deadline }).pipe(
  Layer.provideMerge(
    withLastFetched(
      TieredStore.layer({ near: MemoryStore.layer(), far: brokerStore, maxStaleness: inHand })
    )
  ),
  Layer.provideMerge(gatekeeper)
)
