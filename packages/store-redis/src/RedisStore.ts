/**
 * A token store in Redis: shared by many processes, sealed, and gone when Redis says so.
 *
 * Every promise of the store is one script, so one step. A token expires by Redis's own clock. Put a near tier in
 * front (core's `TieredStore`), or every look is a question to Redis.
 *
 * @since 0.1.0
 */
import type { StoreAdapter } from "@onbehalf/core"
import { monotonicMillis } from "@onbehalf/core/MonotonicClock"
import { InvalidConfiguration, TokenError } from "@onbehalf/core/TokenError"
import * as TokenSeal from "@onbehalf/core/TokenSeal"
import { TokenStore } from "@onbehalf/core/TokenStore"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as crypto from "node:crypto"
import * as Addresses from "./internal/addresses.ts"
import { promiseClientOf, type RedisClient } from "./internal/clients.ts"
import * as Names from "./internal/names.ts"
import * as OwnClient from "./internal/ownClient.ts"
import * as Questions from "./internal/questions.ts"
import * as RedisTokenStore from "./internal/redisTokenStore.ts"
import * as ServerClocks from "./internal/serverClocks.ts"
import * as RedisDriver from "./RedisDriver.ts"

export type {
  /**
   * @category models
   * @since 0.1.0
   */
  RedisClient
} from "./internal/clients.ts"

export type {
  /**
   * @category models
   * @since 0.1.0
   */
  TlsOptions
} from "./internal/ownClient.ts"

/**
 * Names, limits and seal keys of a store in Redis.
 *
 * @category models
 * @since 0.1.0
 */
export interface RedisStoreOptions extends TokenSeal.SealOptions {
  /** What all keys and channels begin with. Default: `onbehalf:`. */
  readonly prefix?: string | undefined
  /**
   * Milliseconds that Redis is waited for. A server that does not answer costs a caller so much, once; until it
   * answers again nobody waits for it. Default: 250.
   */
  readonly timeout?: number | undefined
}

/**
 * Where Redis is.
 *
 * @category models
 * @since 0.1.0
 */
export interface RedisServer {
  /** `rediss://user:password@host:port`. Several: servers of one cluster. */
  readonly url: Url | readonly [Url, ...ReadonlyArray<Url>]
  /** A private authority, or a certificate of this client. Default: what the system trusts, and none. */
  readonly tls?: OwnClient.TlsOptions | undefined
  /** Lets `redis://` lead elsewhere than to this machine. Default: false. */
  readonly unencrypted?: boolean | undefined
}

type Url = Redacted.Redacted | string

/**
 * The store on any driver. Fails with `InvalidConfiguration`; a Redis that is not there is no failure.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (
  driver: RedisDriver.RedisDriver,
  options: Omit<RedisStoreOptions, "timeout">
): Effect.fn.Return<TokenStore["Service"], TokenError, Scope.Scope> {
  const { prefix = "onbehalf:" } = options
  if (!/^[A-Za-z0-9_.:-]{0,64}$/.test(prefix)) return yield* invalidPrefix
  const seal = yield* TokenSeal.make(options, crypto)
  const now = monotonicMillis(yield* Clock.Clock)
  return yield* RedisTokenStore.make({
    ask: yield* Questions.make(driver),
    clocks: ServerClocks.make(now),
    driver,
    names: Names.make(prefix),
    now,
    seal,
    process: crypto.randomUUID()
  })
})

const invalid = (setting: string, problem: string): TokenError =>
  new TokenError({ reason: new InvalidConfiguration({ setting, problem }) })

const invalidPrefix = invalid(
  "prefix",
  "must be at most 64 letters, digits, underscores, dots, colons or hyphens"
)

const checkTimeout = (timeout = RedisDriver.defaultTimeout): Effect.Effect<number, TokenError> =>
  Number.isFinite(timeout) && timeout > 0
    ? Effect.succeed(timeout)
    : Effect.fail(invalid("timeout", "must be milliseconds, and more than 0"))

/**
 * The store on any driver, for example `EffectRedis.driver`. Fails as {@link make} does.
 *
 * @category layers
 * @since 0.1.0
 */
export const fromDriver = <R>(
  driver: Effect.Effect<RedisDriver.RedisDriver, TokenError, R>,
  options: Omit<RedisStoreOptions, "timeout">
): Layer.Layer<TokenStore, TokenError, Exclude<R, Scope.Scope>> =>
  Layer.effect(
    TokenStore,
    Effect.flatMap(driver, (driver) => make(driver, options))
  )

/**
 * The store on a client of its own, which needs the package `redis`. Fails with `InvalidConfiguration` where that or an option is missing or wrong; a
 * Redis that is not there is no failure.
 *
 * @category layers
 * @since 0.1.0
 */
export const fromUrl = ({
  tls = {},
  unencrypted = false,
  url,
  ...options
}: RedisServer & RedisStoreOptions): Layer.Layer<TokenStore, TokenError> => {
  const urls = isList(url) ? url : ([url] as const)
  const driver = Effect.gen(function* () {
    const [first, ...others] = urls
    const address = yield* Addresses.check(first, unencrypted)
    const more = yield* Effect.forEach(others, (one) => Addresses.check(one, unencrypted))
    const timeout = yield* checkTimeout(options.timeout)
    const client = yield* OwnClient.make([address, ...more], { timeout, tls, unencrypted })
    return yield* RedisDriver.make(client, timeout)
  })
  return fromDriver(driver, options)
}

const isList = (url: RedisServer["url"]): url is readonly [Url, ...ReadonlyArray<Url>] =>
  Array.isArray(url)

/**
 * The store on a client that was made elsewhere: it is never closed here. Of node-redis or ioredis, single, Sentinel
 * or cluster, or any other in the shape of `PromiseClient`.
 *
 * @category layers
 * @since 0.1.0
 */
export const fromClient = (
  client: RedisClient,
  options: RedisStoreOptions
): Layer.Layer<TokenStore, TokenError> =>
  fromDriver(
    Effect.gen(function* () {
      const timeout = yield* checkTimeout(options.timeout)
      return yield* RedisDriver.make(yield* promiseClientOf(client), timeout)
    }),
    options
  )

/**
 * The store for `createTokenBroker`; `tieredStore` of core puts a near tier in front of it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const redisStore = (
  options: RedisStoreOptions & (RedisServer | { readonly client: RedisClient })
): StoreAdapter => ({
  layer: "client" in options ? fromClient(options.client, options) : fromUrl(options)
})
