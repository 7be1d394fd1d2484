import * as TokenKeys from "@onbehalf/core/TokenKey"
import type { StoredToken, StoreError } from "@onbehalf/core/TokenStore"
import type { TokenSeal } from "@onbehalf/core/TokenSeal"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Buffer } from "node:buffer"

/** Bytes of the longest record. What is longer is none of ours, and is not even read. */
export const longestRecord = 262_144

/** What lies beside the sealed text, in the clear. It is bound to it: changed, the record does not open. */
export interface Label {
  /** Of the owner, when it was put. */
  readonly generation: string
  /** What a removal compares. */
  readonly id: string
  /** The token's, in milliseconds by the server's clock: a record that is put back does not live anew. */
  readonly end: string
}

/** As text, which every client carries. */
export const recordOf = (
  seal: TokenSeal["Service"],
  stored: StoredToken,
  generation: number,
  end: number
): Effect.Effect<string, StoreError> => {
  const label = { generation: String(generation), id: stored.token.id, end: String(end) }
  return Effect.map(
    seal.seal({ ...stored, key: boundKey(stored.key, label) }),
    (sealed) => `${textOf(label)}${Buffer.from(sealed).toString("base64")}`
  )
}

const textOf = ({ end, generation, id }: Label): string => `${generation}:${id}:${end}:`

const boundKey = (key: TokenKeys.TokenKey, { end, generation, id }: Label): TokenKeys.TokenKey => ({
  ...key,
  text: TokenKeys.encode([key.text, generation, id, end])
})

const beginning = /^([1-9]\d{0,15}):([A-Za-z0-9_-]{1,255}):([1-9]\d{0,15}):/

/** A record taken apart. */
export interface Kept extends Label {
  /** In base64. */
  readonly sealed: string
}

/** Nothing where it is no record, or too long for one. */
export const keptOf = (record: unknown): Kept | undefined => {
  if (typeof record !== "string" || record.length > longestRecord) return undefined
  const [label, generation, id, end] = beginning.exec(record) ?? []
  return label === undefined || generation === undefined || id === undefined || end === undefined
    ? undefined
    : { generation, id, end, sealed: record.slice(label.length) }
}

/** @param remaining milliseconds until the token's end; of what has none left nothing opens */
export const open = (
  seal: TokenSeal["Service"],
  key: TokenKeys.TokenKey,
  kept: Kept | undefined,
  remaining: number
): Effect.Effect<StoredToken | undefined> => {
  if (kept === undefined || !(remaining > 0)) return refuse(seal, key)
  const sealed = Buffer.from(kept.sealed, "base64")
  // Base64 has several spellings, of which we write one.
  if (sealed.toString("base64") !== kept.sealed) return refuse(seal, key)
  return Effect.map(seal.open(boundKey(key, kept), sealed, remaining), (stored) =>
    stored === undefined ? undefined : { ...stored, key }
  )
}

/** Counts it like what does not open. */
export const refuse = (
  seal: TokenSeal["Service"],
  key: TokenKeys.TokenKey
): Effect.Effect<undefined> => Effect.as(seal.open(key, new Uint8Array(0), 0), undefined)

/** A key as the index describes it, for listing. */
const Description = Schema.fromJsonString(
  Schema.Tuple([Schema.String, Schema.String, Schema.NullOr(Schema.String)])
)

export const describeKey = ({ organisation, owner, text }: TokenKeys.TokenKey): string =>
  JSON.stringify([text, owner, organisation ?? null])

const decode = Schema.decodeUnknownOption(Description)

/** None where it is no description of ours. */
export const keyOf = (description: unknown) => {
  const decoded = decode(description)
  return Option.map(decoded, ([text, owner, organisation]): TokenKeys.TokenKey => ({
    text,
    owner,
    organisation: organisation ?? undefined
  }))
}
