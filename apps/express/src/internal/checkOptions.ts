import { InvalidConfiguration, TokenError } from "@onbehalf/core/TokenError"
import type { OnBehalfOptions } from "../OnBehalfOptions.ts"

/** What TypeScript would have said, before the first request does. */
export const checkOptions = (options: OnBehalfOptions): void => {
  const { allow, name, organisation, scopes } = options
  check(
    "organisation",
    typeof organisation === "function",
    "must be a function that names the merchant of a request"
  )
  check(
    "scopes",
    Array.isArray(scopes) && scopes.length > 0,
    'must name at least one, for example ["admin"]'
  )
  check("allow", allow === undefined || typeof allow === "function", "must be a function")
  check(
    "name",
    name === undefined || /^[A-Za-z_$][\w$]*$/.test(name),
    "must be a name for a property"
  )
  checkAmount("requestDeadline", options.requestDeadline)
  checkAmount("maximumWaiting", options.maximumWaiting)
}

const checkAmount = (setting: string, value: number | undefined): void =>
  check(setting, value === undefined || value > 0, "must be more than 0")

const check = (setting: string, isValid: boolean, problem: string): void => {
  if (!isValid) throw new TokenError({ reason: new InvalidConfiguration({ setting, problem }) })
}
