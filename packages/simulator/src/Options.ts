/**
 * How a simulator is set up.
 *
 * Source: the facts of the remote API that are undocumented or differ between its own pages are
 * options here, so that a client can be tried against each reading.
 */

import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { ApiKey } from "./ApiKeys.ts"
import { checkOptions, type InvalidOptions, whole } from "./InvalidOptions.ts"

/**
 * The default API key of the main partner: a fixture, the same in every run, no secret.
 *
 * @category constants
 * @since 0.1.0
 */
export const simulatorApiKey = "simulator-partner-api-key"

/**
 * Settings of a simulator; everything has a default.
 *
 * @category models
 * @since 0.1.0
 */
export interface SimulatorOptions {
  /** What all data, ids and keys are derived from. Default `"onbehalf"`. */
  readonly seed?: string | undefined
  /** The server's clock, in epoch milliseconds. Default: the runtime's own `Clock`. */
  readonly clock?: (() => number) | undefined
  /** API key of the main partner. Default {@link simulatorApiKey}. */
  readonly apiKey?: string | undefined
  /** How many merchants the main partner has directly. Default 120, from 1 to 5000. */
  readonly merchants?: number | undefined
  /** Path in front of the token endpoints, for example `/tpp`. Default none. */
  readonly gatekeeperPrefix?: string | undefined
  /** Path in front of the organisation endpoints, for example `/cust`. Default none. */
  readonly organisationPrefix?: string | undefined
  /** Addresses that may call with IP filtering on; others get 403. Default: every address. */
  readonly allowedAddresses?: ReadonlyArray<string> | undefined
  /** `ipFiltering` of API keys, and of the tokens that are made. Default: true when `allowedAddresses` is given. */
  readonly ipFiltering?: boolean | undefined
  /** What revoking an unknown token id answers. 422 also refuses spent ids. Default 404. */
  readonly revokeUnknown?: 404 | 422 | 200 | undefined
  /** Form of an error's `details`: the schema's `array` (default) or the examples' `object`. */
  readonly errorDetails?: "array" | "object" | undefined
  /** At most so many requests in a window of `perMillis`, then 429 with `Retry-After`. Default none. */
  readonly rateLimit?: { readonly requests: number; readonly perMillis: number } | undefined
  /** Life of an application token in seconds (a caller cannot choose it). Default 900. */
  readonly applicationTokenSeconds?: number | undefined
  /** Longest request body that is read, in bytes. Default 65536; longer ones get 413. */
  readonly maximumBodyBytes?: number | undefined
}

/** The options with their defaults filled in. */
export interface Settings {
  readonly seed: string
  readonly clock: (() => number) | undefined
  readonly apiKey: string
  readonly merchants: number
  readonly gatekeeperPrefix: string
  readonly organisationPrefix: string
  readonly allowedAddresses: ReadonlySet<string> | undefined
  readonly ipFiltering: boolean
  readonly revokeUnknown: 404 | 422 | 200
  readonly errorDetails: "array" | "object"
  readonly rateLimit: { readonly requests: number; readonly perMillis: number } | undefined
  readonly applicationTokenSeconds: number
  readonly maximumBodyBytes: number
}

/** A slash before each part and none at the end. */
const prefix = (given: string | undefined): string =>
  (given ?? "")
    .split("/")
    .filter((part) => part !== "")
    .map((part) => `/${part}`)
    .join("")

const text = Schema.optional(Schema.String)
/** Nothing that a router or a request's address takes for something else. */
const path = Schema.optional(Schema.String.check(Schema.isPattern(/^[A-Za-z0-9._~/-]*$/)))
const clock = Schema.declare((given): given is () => number => typeof given === "function", {
  expected: "a function"
})

const bounds = Schema.Struct({
  seed: text,
  clock: Schema.optional(clock),
  apiKey: Schema.optional(ApiKey),
  merchants: Schema.optional(whole(1, 5_000)),
  gatekeeperPrefix: path,
  organisationPrefix: path,
  allowedAddresses: Schema.optional(Schema.Array(Schema.String)),
  ipFiltering: Schema.optional(Schema.Boolean),
  revokeUnknown: Schema.optional(Schema.Literals([404, 422, 200])),
  errorDetails: Schema.optional(Schema.Literals(["array", "object"])),
  rateLimit: Schema.optional(Schema.Struct({ requests: whole(1), perMillis: whole(1) })),
  applicationTokenSeconds: Schema.optional(whole(1)),
  maximumBodyBytes: Schema.optional(whole(1))
})

/** Checks the options and fills in every default. */
export const resolveOptions = (
  options: SimulatorOptions = {}
): Effect.Effect<Settings, InvalidOptions> =>
  Effect.map(checkOptions(bounds, options), () => withDefaults(options))

const withDefaults = (options: SimulatorOptions): Settings => ({
  seed: options.seed ?? "onbehalf",
  clock: options.clock,
  apiKey: options.apiKey ?? simulatorApiKey,
  merchants: options.merchants ?? 120,
  gatekeeperPrefix: prefix(options.gatekeeperPrefix),
  organisationPrefix: prefix(options.organisationPrefix),
  allowedAddresses:
    options.allowedAddresses === undefined ? undefined : new Set(options.allowedAddresses),
  ipFiltering: options.ipFiltering ?? options.allowedAddresses !== undefined,
  revokeUnknown: options.revokeUnknown ?? 404,
  errorDetails: options.errorDetails ?? "array",
  rateLimit: options.rateLimit,
  applicationTokenSeconds: options.applicationTokenSeconds ?? 900,
  maximumBodyBytes: options.maximumBodyBytes ?? 65_536
})
