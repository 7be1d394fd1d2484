/** Flags of every command. What they leave open, the environment decides (`NUAPAY_…`). */
import * as Flag from "effect/cli/Flag"
import * as GlobalFlag from "effect/cli/GlobalFlag"

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

/** All of them, for the root command. */
export const settings = [Environment, BaseUrl] as const
