import { InvalidConfiguration, TokenError } from "@onbehalf/core/TokenError"

/** What TypeScript would have said, before the first request does. */
export const checkSetting = (setting: string, isValid: boolean, problem: string): void => {
  if (!isValid) throw new TokenError({ reason: new InvalidConfiguration({ setting, problem }) })
}
