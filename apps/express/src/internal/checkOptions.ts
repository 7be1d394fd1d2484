import type { OnBehalfOptions } from "../OnBehalfOptions.ts"
import { checkSetting } from "./checkSetting.ts"

/** Those that the broker does not check itself. */
export const checkOptions = (options: OnBehalfOptions): void => {
  const { allow, name, organisation, scopes } = options
  const isFunction = (value: unknown) => typeof value === "function"
  checkSetting("organisation", isFunction(organisation), "must be a function of the request")
  checkSetting("scopes", Array.isArray(scopes) && scopes.length > 0, "must name at least one")
  checkSetting("allow", allow === undefined || isFunction(allow), "must be a function")
  checkSetting(
    "name",
    name === undefined || /^[A-Za-z_$][\w$]*$/.test(name),
    "must be fit for a property"
  )
  for (const setting of ["requestDeadline", "maximumWaiting"] as const) {
    checkSetting(
      setting,
      options[setting] === undefined || options[setting] > 0,
      "must be more than 0"
    )
  }
}
