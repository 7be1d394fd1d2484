/** Flags of every command. What they leave open, the environment decides, and then the profile. */
import * as Flag from "effect/cli/Flag"
import * as GlobalFlag from "effect/cli/GlobalFlag"

/** `--profile`: before `ONBEHALF_PROFILE`. */
export const Profile = GlobalFlag.Setting("profile")({
  flag: Flag.String("profile").pipe(
    Flag.withMetavar("<name>"),
    Flag.withDescription("A profile of config.toml (else ONBEHALF_PROFILE, else its default)"),
    Flag.optional
  )
})

/** `--environment`: before `NUAPAY_ENVIRONMENT`. */
export const Environment = GlobalFlag.Setting("environment")({
  flag: Flag.Literals("environment", ["live", "sandbox"]).pipe(
    Flag.withDescription("Which Nuapay to call (else NUAPAY_ENVIRONMENT, else sandbox)"),
    Flag.optional
  )
})

/** `--base-url`: before `NUAPAY_BASE_URL`. */
export const BaseUrl = GlobalFlag.Setting("base-url")({
  flag: Flag.String("base-url").pipe(
    Flag.withMetavar("<url>"),
    Flag.withDescription("Another address, such as a simulator's (else NUAPAY_BASE_URL)"),
    Flag.optional
  )
})

/** `--store`: before `ONBEHALF_STORE`. */
export const Store = GlobalFlag.Setting("store")({
  flag: Flag.Literals("store", ["file", "memory", "redis"]).pipe(
    Flag.withDescription("Where tokens are kept between runs (else ONBEHALF_STORE, else file)"),
    Flag.optional
  )
})

/** `--api-key-stdin`: before `NUAPAY_API_KEY`. There is no flag with the key itself: it would be in every list of processes. */
export const ApiKeyStdin = GlobalFlag.Setting("api-key-stdin")({
  flag: Flag.Boolean("api-key-stdin").pipe(
    Flag.withDescription("Read the API key from stdin (else NUAPAY_API_KEY, else api_key_file)"),
    Flag.withDefault(false)
  )
})

/** `--verbose`. */
export const Verbose = GlobalFlag.Setting("verbose")({
  flag: Flag.Boolean("verbose").pipe(
    Flag.withDescription("Tell each request on stderr, without its secrets"),
    Flag.withDefault(false)
  )
})

/** All of them, for the root command. */
export const globalFlags = [Profile, Environment, BaseUrl, Store, ApiKeyStdin, Verbose] as const
