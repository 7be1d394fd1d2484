/**
 * The partner account: environment, addresses, API key.
 *
 * @since 0.1.0
 */
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { address, type AddressRules } from "./internal/address.ts"
import { type ApiKeyRing, makeApiKeyRing } from "./internal/apiKeyRing.ts"
import { InvalidConfiguration, TokenError } from "./TokenError.ts"

export type {
  /**
   * @category models
   * @since 0.1.0
   */
  ApiKeyRing
} from "./internal/apiKeyRing.ts"

/**
 * Which Nuapay is meant: the one where money moves, or the one to try.
 *
 * @category models
 * @since 0.1.0
 */
export type Environment = "live" | "sandbox"

/**
 * What a partner account is made from. Every field has an environment variable, named with it.
 *
 * @category models
 * @since 0.1.0
 */
export interface PartnerOptions {
  /** `NUAPAY_API_KEY`: issued by Nuapay's support. */
  readonly apiKey: Redacted.Redacted
  /**
   * `NUAPAY_STANDBY_API_KEY`: takes the API key's place for good when that one is refused. Nuapay knows no
   * overlap: a new key kills the old one at once, so put the new one here before it is made valid. Default: none.
   */
  readonly standbyApiKey?: Redacted.Redacted | undefined
  /** Reads the API key anew when it is refused, instead of a standby key: from a secret store, say. Default: none. */
  readonly reloadApiKey?: Effect.Effect<Redacted.Redacted, TokenError> | undefined
  /** `NUAPAY_ENVIRONMENT`. Default: `sandbox`. */
  readonly environment?: string | undefined
  /**
   * `NUAPAY_BASE_URL`. Default: the environment's own host. Https only, but for loopback (a simulator, in
   * the sandbox environment only); no path, user, query or fragment. Another port of Nuapay's host is fine
   * (8443 for mutual TLS); another host must be named in `trustedHost` too.
   */
  readonly baseUrl?: string | undefined
  /** `NUAPAY_TRUSTED_HOST`: the one host besides Nuapay's own that may receive the API key. Default: none. */
  readonly trustedHost?: string | undefined
  /** `NUAPAY_GATEKEEPER_PREFIX`: goes before `/tokens` and `/organisations/…/tokens`. Default: none. */
  readonly gatekeeperPrefix?: string | undefined
  /** `NUAPAY_ORGANISATION_PREFIX`: goes before `/organisations`, for example `/cust`. Default: none. */
  readonly organisationPrefix?: string | undefined
  /**
   * `NUAPAY_ACCOUNT`: what this partner account is called in keys of stores. Tokens survive a new API key,
   * because the name and not the key is part of their identity; so two accounts that share a store need
   * two names. Default: `default`.
   */
  readonly account?: string | undefined
}

/**
 * A checked partner account, as a service.
 *
 * @category services
 * @since 0.1.0
 */
export class Partner extends Context.Service<
  Partner,
  {
    readonly environment: Environment
    /** Scheme, host and port; no trailing slash. The only origin that ever receives a secret. */
    readonly origin: string
    /** The origin with the Gatekeeper's prefix. */
    readonly gatekeeperUrl: string
    /** The origin with the Organisation service's prefix. */
    readonly organisationUrl: string
    readonly account: string
    readonly apiKey: ApiKeyRing
  }
>()("@onbehalf/core/Partner") {}

const hosts = { live: "api.nuapay.com", sandbox: "sandbox.nuapay.com" } as const

/**
 * Checks options. Fails with `InvalidConfiguration`, which names the setting and never its value.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (
  options: PartnerOptions
): Effect.fn.Return<Partner["Service"], TokenError> {
  const environment = yield* checkEnvironment(options.environment ?? "sandbox")
  const apiKey = yield* checkApiKey("NUAPAY_API_KEY (apiKey)", options.apiKey)
  const standby =
    options.standbyApiKey === undefined
      ? undefined
      : yield* checkApiKey("NUAPAY_STANDBY_API_KEY (standbyApiKey)", options.standbyApiKey)
  const reload =
    options.reloadApiKey === undefined
      ? Effect.succeed(standby ?? apiKey)
      : Effect.flatMap(options.reloadApiKey, (key) => checkApiKey("reloadApiKey", key))
  const rules: AddressRules = {
    host: hosts[environment],
    trustedHost: options.trustedHost,
    loopback: environment === "sandbox"
  }
  const origin = address(options.baseUrl ?? `https://${hosts[environment]}`, rules)
  if ("problem" in origin) return yield* invalid("NUAPAY_BASE_URL (baseUrl)", origin.problem)
  const gatekeeperPrefix = yield* checkPrefix(
    "NUAPAY_GATEKEEPER_PREFIX (gatekeeperPrefix)",
    options.gatekeeperPrefix
  )
  const organisationPrefix = yield* checkPrefix(
    "NUAPAY_ORGANISATION_PREFIX (organisationPrefix)",
    options.organisationPrefix
  )
  return Partner.of({
    environment,
    origin: origin.origin,
    gatekeeperUrl: origin.origin + gatekeeperPrefix,
    organisationUrl: origin.origin + organisationPrefix,
    account: yield* checkAccount(options.account ?? "default"),
    apiKey: makeApiKeyRing(apiKey, reload)
  })
})

/**
 * A partner account from options. Fails with `InvalidConfiguration`, as {@link make} does.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: PartnerOptions): Layer.Layer<Partner, TokenError> =>
  Layer.effect(Partner, make(options))

/**
 * The options in the environment: `NUAPAY_API_KEY` and the others that {@link PartnerOptions} names.
 *
 * @category config
 * @since 0.1.0
 */
export const config: Config.Config<PartnerOptions> = Config.all({
  apiKey: Config.Redacted("NUAPAY_API_KEY").pipe(Config.withDefault(Redacted.make(""))),
  standbyApiKey: Config.Redacted("NUAPAY_STANDBY_API_KEY").pipe(
    Config.withDefault(Redacted.make("")),
    Config.map((key) => (Redacted.value(key) === "" ? undefined : key))
  ),
  environment: optional("NUAPAY_ENVIRONMENT"),
  baseUrl: optional("NUAPAY_BASE_URL"),
  trustedHost: optional("NUAPAY_TRUSTED_HOST"),
  gatekeeperPrefix: optional("NUAPAY_GATEKEEPER_PREFIX"),
  organisationPrefix: optional("NUAPAY_ORGANISATION_PREFIX"),
  account: optional("NUAPAY_ACCOUNT")
})

/**
 * Some options; the environment has the rest. Fails with `InvalidConfiguration` where one is wrong, or missing in both.
 *
 * @category constructors
 * @since 0.1.0
 */
export const makeWithEnvironment = (
  options: { readonly [K in keyof PartnerOptions]?: PartnerOptions[K] | undefined } = {}
): Effect.Effect<Partner["Service"], TokenError> =>
  config.pipe(
    Effect.catch(() => invalid("The environment", "cannot be read")),
    Effect.flatMap((environment) =>
      make({
        apiKey: options.apiKey ?? environment.apiKey,
        standbyApiKey: options.standbyApiKey ?? environment.standbyApiKey,
        reloadApiKey: options.reloadApiKey,
        environment: options.environment ?? environment.environment,
        baseUrl: options.baseUrl ?? environment.baseUrl,
        trustedHost: options.trustedHost ?? environment.trustedHost,
        gatekeeperPrefix: options.gatekeeperPrefix ?? environment.gatekeeperPrefix,
        organisationPrefix: options.organisationPrefix ?? environment.organisationPrefix,
        account: options.account ?? environment.account
      })
    )
  )

/**
 * A partner account from the environment. Fails with `InvalidConfiguration` where a variable is wrong or missing.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerConfig: Layer.Layer<Partner, TokenError> = Layer.effect(
  Partner,
  Effect.suspend(() => makeWithEnvironment())
)

/** An empty variable counts as not set, as shells and compose files leave them. */
function optional(name: string): Config.Config<string | undefined> {
  return Config.String(name).pipe(
    Config.withDefault(""),
    Config.map((text) => (text === "" ? undefined : text))
  )
}

const invalid = (setting: string, problem: string): Effect.Effect<never, TokenError> =>
  Effect.fail(new TokenError({ reason: new InvalidConfiguration({ setting, problem }) }))

const checkEnvironment = (environment: string): Effect.Effect<Environment, TokenError> =>
  environment === "live" || environment === "sandbox"
    ? Effect.succeed(environment)
    : invalid("NUAPAY_ENVIRONMENT (environment)", 'must be "live" or "sandbox"')

/** Visible ASCII; a colon would end the user name of Basic authentication early (RFC 7617). */
const apiKeyShape = /^[!-9;-~]{1,1024}$/

const checkApiKey = (
  setting: string,
  apiKey: Redacted.Redacted
): Effect.Effect<Redacted.Redacted, TokenError> => {
  const text = Redacted.value(apiKey)
  if (text === "")
    return invalid(setting, "is missing: set it to the key that Nuapay's support issued")
  return apiKeyShape.test(text)
    ? Effect.succeed(Redacted.make(text, { label: "apiKey" }))
    : invalid(setting, "must be visible ASCII without spaces or colons, at most 1024 characters")
}

const checkPrefix = (
  setting: string,
  prefix: string | undefined
): Effect.Effect<string, TokenError> =>
  /^(\/[A-Za-z0-9_-]{1,64}){0,8}$/.test(prefix ?? "")
    ? Effect.succeed(prefix ?? "")
    : invalid(setting, 'must be a plain path such as "/cust": no dots, no trailing slash')

const checkAccount = (account: string): Effect.Effect<string, TokenError> =>
  /^[A-Za-z0-9_-]{1,64}$/.test(account)
    ? Effect.succeed(account)
    : invalid("NUAPAY_ACCOUNT (account)", "must be 1 to 64 letters, digits, hyphens or underscores")
