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
  for (const setting of ["directory", "eager"] as const) {
    const given: unknown = options[setting]
    checkSetting(setting, given === undefined || typeof given === "boolean", "must be a boolean")
  }
  for (const [setting, least] of [
    ["requestDeadline", 1],
    ["maximumWaiting", 1],
    ["minimumValidity", 0]
  ] as const) {
    const given: unknown = options[setting]
    const isValid = given === undefined || isWhole(given, least)
    checkSetting(setting, isValid, `must be a whole number from ${least} to ${most}`)
  }
}

/** Of a timer: beyond it, Node's would fire at once. */
const most = 2 ** 31 - 1

const isWhole = (value: unknown, least: number): boolean =>
  Number.isInteger(value) && Number(value) >= least && Number(value) <= most
