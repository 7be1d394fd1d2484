/** Every setting, once: its name in config.toml, in the environment, and as a flag. */

/** A setting of the CLI. */
export interface Setting {
  /** In a profile of config.toml. */
  readonly name: string
  /** In the environment. */
  readonly variable: string
  /** On the command line, where there is one. */
  readonly flag?: string
  /** What holds where nobody says anything, for readers. */
  readonly fallback: string
}

/** All but the secrets themselves, which are named by files here. */
export const settings = [
  { name: "environment", variable: "NUAPAY_ENVIRONMENT", flag: "environment", fallback: "sandbox" },
  {
    name: "base_url",
    variable: "NUAPAY_BASE_URL",
    flag: "base-url",
    fallback: "the environment's own host"
  },
  { name: "trusted_host", variable: "NUAPAY_TRUSTED_HOST", fallback: "none" },
  { name: "gatekeeper_prefix", variable: "NUAPAY_GATEKEEPER_PREFIX", fallback: "none" },
  { name: "organisation_prefix", variable: "NUAPAY_ORGANISATION_PREFIX", fallback: "none" },
  { name: "account", variable: "NUAPAY_ACCOUNT", fallback: "made from the API key" },
  { name: "api_key_file", variable: "ONBEHALF_API_KEY_FILE", fallback: "none" },
  {
    name: "client_certificate_file",
    variable: "NUAPAY_CLIENT_CERTIFICATE_FILE",
    fallback: "none"
  },
  { name: "client_key_file", variable: "NUAPAY_CLIENT_KEY_FILE", fallback: "none" },
  { name: "store", variable: "ONBEHALF_STORE", flag: "store", fallback: "file" },
  {
    name: "store_directory",
    variable: "ONBEHALF_STORE_DIRECTORY",
    fallback: "onbehalf in the user's folder for state"
  },
  {
    name: "seal_key_file",
    variable: "ONBEHALF_SEAL_KEY_FILE",
    fallback: "seal-key beside config.toml, made when it is needed"
  },
  { name: "redis_url", variable: "REDIS_URL", fallback: "none" }
] as const satisfies ReadonlyArray<Setting>

/** The name of a setting. */
export type SettingName = (typeof settings)[number]["name"]

/** Secrets that come from the environment: never shown, and not handed to a child. */
export const secretVariables = [
  "NUAPAY_API_KEY",
  "NUAPAY_STANDBY_API_KEY",
  "ONBEHALF_SEAL_KEY",
  "ONBEHALF_SEAL_KEYS_OLD"
] as const
