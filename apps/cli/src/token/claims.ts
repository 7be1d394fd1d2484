/** What a token says of itself. Nothing is decided by it: the token is opaque, and this is for people. */
import * as Base64Url from "effect/encoding/Base64Url"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

const Claims = Schema.fromJsonString(Schema.Record(Schema.String, Schema.Json))

/** By name. */
export type Claims = typeof Claims.Type

const decode = Schema.decodeUnknownOption(Claims)

/** The middle part of a JWT, if it is one. */
export const claimsOf = (token: string): Option.Option<Claims> => {
  const parts = token.split(".")
  const [, payload] = parts
  if (parts.length !== 3 || payload === undefined) return Option.none()
  return Option.flatMap(Result.getSuccess(Base64Url.decodeString(payload)), decode)
}

/** What a date can hold, in seconds. */
const latest = 8_640_000_000_000

/** A time in seconds, as JWTs have it; in milliseconds. */
export const timeOf = (claims: Claims, name: string): number | undefined => {
  const value = claims[name]
  return typeof value === "number" && Math.abs(value) <= latest ? value * 1000 : undefined
}
