/**
 * How a simulator is set up.
 *
 * Source: the facts of the remote API that are undocumented or differ between its own pages are
 * options here, so that a client can be tried against each reading.
 */

/** The default API key of the main partner: a fixture, the same in every run, no secret. */
export const simulatorApiKey = "simulator-partner-api-key"

/** Settings of a simulator; everything has a default. */
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
  /** `ipFiltering` of the tokens that are made. Default: true when `allowedAddresses` is given. */
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

const withoutSlash = (prefix: string) => {
  const trimmed = prefix.replace(/\/+$/, "")
  return trimmed === "" || trimmed.startsWith("/") ? trimmed : `/${trimmed}`
}

/** Fills in every default; prefixes come out with a leading and without a trailing slash. */
export const resolveOptions = (options: SimulatorOptions = {}): Settings => ({
  seed: options.seed ?? "onbehalf",
  clock: options.clock,
  apiKey: options.apiKey ?? simulatorApiKey,
  merchants: Math.min(5000, Math.max(1, Math.trunc(options.merchants ?? 120))),
  gatekeeperPrefix: withoutSlash(options.gatekeeperPrefix ?? ""),
  organisationPrefix: withoutSlash(options.organisationPrefix ?? ""),
  allowedAddresses:
    options.allowedAddresses === undefined ? undefined : new Set(options.allowedAddresses),
  ipFiltering: options.ipFiltering ?? options.allowedAddresses !== undefined,
  revokeUnknown: options.revokeUnknown ?? 404,
  errorDetails: options.errorDetails ?? "array",
  rateLimit: options.rateLimit,
  applicationTokenSeconds: options.applicationTokenSeconds ?? 900,
  maximumBodyBytes: options.maximumBodyBytes ?? 65_536
})
