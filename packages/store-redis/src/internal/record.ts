import type { TokenKey } from "@onbehalf/core/TokenKey"
import type { StoredToken, StoreError } from "@onbehalf/core/TokenStore"
import type { TokenSeal } from "@onbehalf/core/TokenSeal"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Buffer } from "node:buffer"

/** Bytes of the longest record. What is longer is none of ours, and is not even read. */
export const longestRecord = 262_144

/** A token's id, which a removal compares, and what is sealed: as text, which every client carries. */
export const recordOf = (
  seal: TokenSeal["Service"],
  stored: StoredToken
): Effect.Effect<string, StoreError> =>
  Effect.map(
    seal.seal(stored),
    (sealed) => `${stored.token.id}:${Buffer.from(sealed).toString("base64")}`
  )

/** @param remaining milliseconds until the token's end */
export const open = (
  seal: TokenSeal["Service"],
  key: TokenKey,
  record: string,
  remaining: number
): Effect.Effect<StoredToken | undefined> =>
  seal.open(key, Buffer.from(record.slice(record.indexOf(":") + 1), "base64"), remaining)

/** A key as the index describes it, for listing. */
const Description = Schema.fromJsonString(
  Schema.Tuple([Schema.String, Schema.String, Schema.NullOr(Schema.String)])
)

export const describeKey = ({ organisation, owner, text }: TokenKey): string =>
  JSON.stringify([text, owner, organisation ?? null])

const decode = Schema.decodeUnknownOption(Description)

/** None where it is no description of ours. */
export const keyOf = (description: unknown) => {
  const decoded = decode(description)
  return Option.map(decoded, ([text, owner, organisation]): TokenKey => ({
    text,
    owner,
    organisation: organisation ?? undefined
  }))
}
