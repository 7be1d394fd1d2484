import { defaultExpiresIn, maximumExpiresIn, minimumExpiresIn } from "@onbehalf/core/Grant"
import { margin } from "@onbehalf/core/Lifetime"
import type { OnBehalfOptions } from "../OnBehalfOptions.ts"
import { checkSetting } from "./checkSetting.ts"

/** Those that the broker does not check itself, or only when a request asks for a token: whoever sent that gets the blame. */
export const checkOptions = (options: OnBehalfOptions): void => {
  const { allow, name, organisation, scopes } = options
  const isFunction = (value: unknown) => typeof value === "function"
  checkSetting("organisation", isFunction(organisation), "must be a function of the request")
  checkSetting("scopes", Array.isArray(scopes) && scopes.length > 0, "must name at least one")
  checkSetting("scopes", scopes.length <= 100, "must name at most 100")
  checkSetting(
    "scopes",
    scopes.every(isScope),
    "must be 1 to 255 characters each, without control characters"
  )
  checkSetting("allow", allow === undefined || isFunction(allow), "must be a function")
  checkSetting(
    "name",
    name === undefined || /^[A-Za-z_$][\w$]*$/.test(name),
    "must be fit for a property"
  )
  // Set for each route, on our property too, where nobody catches what that throws.
  checkSetting("name", name !== "route", "must be another than Express's own `route`")
  for (const setting of ["directory", "eager"] as const) {
    const given: unknown = options[setting]
    checkSetting(setting, given === undefined || typeof given === "boolean", "must be a boolean")
  }
  for (const [setting, least, most] of [
    ["requestDeadline", 1, longestTimer],
    ["maximumWaiting", 1, longestTimer],
    ["minimumValidity", 0, longestTimer],
    ["expiresIn", minimumExpiresIn, maximumExpiresIn]
  ] as const) {
    const given: unknown = options[setting]
    const isValid = given === undefined || isWhole(given, least, most)
    checkSetting(setting, isValid, `must be a whole number from ${least} to ${most}`)
  }
  checkValidity(options)
}

/** What no token could ever have would make each request fail, and blame its sender. */
const checkValidity = ({
  expiresIn = defaultExpiresIn,
  minimumValidity = 0
}: OnBehalfOptions): void => {
  const life = expiresIn * 1000
  const longest = life - margin(life)
  checkSetting(
    "minimumValidity",
    minimumValidity < longest,
    `must be less than ${longest}: a token that is asked to live ${expiresIn} s has no more`
  )
}

const isScope = (scope: unknown) => typeof scope === "string" && /^[^\p{Cc}]{1,255}$/u.test(scope)

/** Milliseconds: beyond it, Node's would fire at once. */
const longestTimer = 2 ** 31 - 1

const isWhole = (value: unknown, least: number, most: number): boolean =>
  Number.isInteger(value) && Number(value) >= least && Number(value) <= most
