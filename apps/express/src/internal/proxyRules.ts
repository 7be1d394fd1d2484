import type { Request } from "express"
import { OnBehalfError } from "../OnBehalfError.ts"
import type { ProxyOptions } from "../ProxyOptions.ts"
import { checkSetting } from "./checkSetting.ts"

/** What a proxy lets through, checked. */
export interface ProxyRules {
  /** The path and query to ask Nuapay for; throws where it is not allowed. */
  readonly targetOf: (request: Request) => string
  /** Those that go along. */
  readonly requestHeaders: ReadonlyArray<string>
  readonly maximumBodyBytes: number
}

/**
 * Segments of what ids and words consist of. Nothing encoded, nothing that begins with a dot: what is compared here
 * is what Nuapay sees, however it decodes.
 */
const plainPath = /^(?:\/[\w~-][\w.~-]*)+$/

/** RFC 3986, section 3.4, and what browsers leave as it is; no `#`, which Node gives as it came. */
const plainQuery = /^[\w.~!$&'()*+,;=:@/?%[\]{}|^`-]*$/
const unencoded = /[[\]{}|^`]/g

const longest = 8_192

/** Nothing of the client's session, of the connection, or of whom it passed through; nothing that overrides a method. */
const usualHeaders = [
  "accept",
  "accept-language",
  "content-encoding",
  "content-type",
  "idempotency-key",
  "if-match",
  "if-none-match"
]

/** RFC 9110, section 5.1, in lower case. */
const headerName = /^[a-z\d!#$%&'*+.^`|~_-]+$/

/** Those that would say who asks, or how long the body is. */
const refusedHeader =
  /^(?:authorization|proxy-.*|cookie2?|host|connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect|content-length|accept-encoding)$/

const methodShape = /^(?:GET|HEAD|POST|PUT|PATCH|DELETE)$/

export const proxyRules = ({
  headers = [],
  maximumBodyBytes = 10 * 1024 * 1024,
  methods,
  paths
}: ProxyOptions): ProxyRules => {
  const isMethod = (method: string) => methodShape.test(method.toUpperCase())
  const isPath = (path: string) => plainPath.test(path)
  const isHeader = (name: string) =>
    headerName.test(name.toLowerCase()) && !refusedHeader.test(name.toLowerCase())
  const areMethods = areTexts(methods, isMethod) && methods.length > 0
  const arePaths = areTexts(paths, isPath) && paths.length > 0
  const areHeaders = areTexts(headers, isHeader)
  const isMaximum = typeof maximumBodyBytes === "number" && maximumBodyBytes > 0
  checkSetting("methods", areMethods, 'must name some of HTTP\'s, for example ["GET"]')
  checkSetting("paths", arePaths, 'must name plain paths, for example ["/mandates"]')
  checkSetting("headers", areHeaders, "must not be of the client's session or of the connection")
  checkSetting("maximumBodyBytes", isMaximum, "must be a number of more than 0")
  const allowed = methods.map((method) => method.toUpperCase())
  const further = headers.map((name) => name.toLowerCase())
  const isBelow = (path: string) =>
    paths.some((prefix) => path === prefix || path.startsWith(`${prefix}/`))
  return {
    targetOf: ({ method, url }) => {
      const [path = "", query = ""] = split(url)
      if (
        url.length > longest ||
        !plainPath.test(path) ||
        !plainQuery.test(query) ||
        !isBelow(path)
      ) {
        throw new OnBehalfError("path_not_allowed")
      }
      if (!allowed.includes(method)) {
        throw new OnBehalfError("method_not_allowed", { headers: { Allow: allowed.join(", ") } })
      }
      return query === "" ? path : `${path}?${query.replaceAll(unencoded, encodeURIComponent)}`
    },
    requestHeaders: [...usualHeaders, ...further],
    maximumBodyBytes
  }
}

/** Whether it is a list of such texts: TypeScript is not everybody's. */
const areTexts = (given: unknown, isValid: (text: string) => boolean): boolean =>
  Array.isArray(given) && given.every((one) => typeof one === "string" && isValid(one))

const split = (url: string): ReadonlyArray<string> => {
  const mark = url.indexOf("?")
  return mark < 0 ? [url] : [url.slice(0, mark), url.slice(mark + 1)]
}
