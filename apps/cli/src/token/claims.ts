/** What a token says of itself. Nothing is decided by it: the token is opaque, and this is for people. */
import * as Base64Url from "effect/encoding/Base64Url"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { numberIn, parseExactly } from "../exactJson.ts"

const Claims = Schema.Record(Schema.String, Schema.Unknown)

/** By name, with numbers as they are written: an id may have more digits than a number holds. */
export type Claims = typeof Claims.Type

const decode = Schema.decodeUnknownOption(Claims)

/** The middle part of a JWT, if it is one. */
export const claimsOf = (token: string): Option.Option<Claims> => {
  const parts = token.split(".")
  const [, payload] = parts
  if (parts.length !== 3 || payload === undefined) return Option.none()
  return Result.getSuccess(Base64Url.decodeString(payload)).pipe(
    Option.flatMap(parseExactly),
    Option.flatMap(decode)
  )
}

/** What a date can hold, in seconds. */
const latest = 8_640_000_000_000

/** A time in seconds, as JWTs have it; in milliseconds. */
export const timeOf = (claims: Claims, name: string): number | undefined => {
  const value = numberIn(claims[name])
  return value !== undefined && Math.abs(value) <= latest ? value * 1000 : undefined
}
