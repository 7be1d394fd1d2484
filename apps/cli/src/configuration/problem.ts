import { InvalidConfiguration, TokenError } from "@onbehalf/core/TokenError"

/** A setting that is missing or wrong. Neither text may hold a value. */
export const invalidSetting = (setting: string, problem: string): TokenError =>
  new TokenError({ reason: new InvalidConfiguration({ setting, problem }) })
