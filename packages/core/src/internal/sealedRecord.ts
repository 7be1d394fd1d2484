import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { AccessToken, TokenId } from "../AccessToken.ts"
import * as Lifetime from "../Lifetime.ts"
import type { TokenKey } from "../TokenKey.ts"
import type { StoredToken } from "../TokenStore.ts"
import { TokenText } from "./tokenText.ts"

/**
 * A token as it is kept outside this process. No time of any machine is in it: what is left of the life, the
 * store knows.
 */
const Record = Schema.Struct({
  key: Schema.String,
  owner: Schema.String,
  organisation: Schema.NullOr(Schema.String),
  id: TokenId,
  token: TokenText,
  actsFor: Schema.String,
  scopes: Schema.Array(Schema.String),
  resource: Schema.NullOr(Schema.String),
  /** Milliseconds. */
  life: Schema.Finite.pipe(Schema.check(Schema.isGreaterThan(0))),
  /** See `Lifetime.drawn`. */
  drawn: Schema.Finite.pipe(Schema.check(Schema.isBetween({ minimum: 0, maximum: 1 })))
})

const isRecord = Schema.is(Record)

const utf8 = new TextEncoder()
const fromUtf8 = new TextDecoder()

/** A record holds a token's text in the clear: it goes nowhere but into the seal. */
export const recordOf = ({ key, lifetime, token }: StoredToken): Uint8Array =>
  utf8.encode(
    JSON.stringify({
      key: key.text,
      owner: key.owner,
      organisation: key.organisation ?? null,
      id: token.id,
      token: token.reveal(),
      actsFor: token.organisation,
      scopes: token.scopes,
      resource: token.resourceId ?? null,
      life: lifetime.end - lifetime.issued,
      drawn: Lifetime.drawn(lifetime)
    })
  )

/** What the record holds, if it is one and is of this very key. */
export const storedOf = (
  key: TokenKey,
  bytes: Uint8Array,
  remaining: number,
  now: number
): StoredToken | undefined => {
  const record = parse(fromUtf8.decode(bytes))
  if (!isRecord(record) || !isOf(key, record)) return undefined
  const { actsFor, id, resource, scopes, token, life, drawn } = record
  return {
    key,
    lifetime: Lifetime.make(now - (life - Math.min(remaining, life)), life, drawn),
    token: new AccessToken({
      id,
      organisation: actsFor,
      scopes,
      resourceId: resource ?? undefined,
      value: Redacted.make(token, { label: "token" })
    })
  }
}

/** What is not JSON is `undefined`, and so no record. */
const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isOf = (key: TokenKey, record: typeof Record.Type): boolean =>
  record.key === key.text &&
  record.owner === key.owner &&
  (record.organisation ?? undefined) === key.organisation
