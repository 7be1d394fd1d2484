/** The forms in which a token is printed. */
import type { AccessToken } from "@onbehalf/core/AccessToken"
import * as Flag from "effect/cli/Flag"
import { json } from "../output/json.ts"
import { expiryOf, secondsLeft } from "./life.ts"
import type { Obtained } from "./obtain.ts"

const formats = ["token", "json", "header", "env", "curl", "exec-credential"] as const

/** `--output` of what prints a token. */
export const tokenFormat = Flag.Literals("output", formats).pipe(
  Flag.withDescription(
    "token: alone; json; header: an Authorization header; env: export NUAPAY_TOKEN=…; curl: for curl --config -; exec-credential: JSON with version, token and expiresAt (default token)"
  ),
  Flag.withDefault("token")
)

/** In that form. */
export const render = (
  { life, token }: Obtained,
  format: (typeof formats)[number],
  now: number
): string => {
  switch (format) {
    case "token":
      return `${token.reveal()}\n`
    case "header":
      return `Authorization: ${token.authorization()}\n`
    // Nothing in a token needs quoting: core refuses what RFC 6750 does not allow.
    case "env":
      return `export NUAPAY_TOKEN='${token.reveal()}'\n`
    case "curl":
      return `header = "Authorization: ${token.authorization()}"\n`
    case "exec-credential":
      return json({
        version: 1,
        token: token.reveal(),
        expiresAt: life === undefined ? null : expiryOf(life)
      })
    case "json":
      return json({
        ...described(token),
        expiresIn: life === undefined ? null : secondsLeft(life, now),
        token: token.reveal()
      })
  }
}

const described = ({ id, organisation, resourceId, scopes }: AccessToken) => ({
  id,
  organisation,
  scopes,
  ...(resourceId === undefined ? {} : { resourceId })
})
