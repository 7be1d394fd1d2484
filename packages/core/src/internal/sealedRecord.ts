import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { AccessToken, type TokenId } from "../AccessToken.ts"
import * as Lifetime from "../Lifetime.ts"
import type { TokenKey } from "../TokenKey.ts"
import type { StoredToken } from "../TokenStore.ts"
import { isId } from "./id.ts"
import { TokenText } from "./tokenText.ts"

/**
 * A token as it is kept outside this process. No time of any machine is in it: what is left of the life, the
 * store knows.
 */
interface Record {
  readonly key: string
  readonly owner: string
  readonly organisation: string | null
  readonly id: TokenId
  readonly token: string
  readonly actsFor: string
  readonly scopes: ReadonlyArray<string>
  readonly resource: string | null
  /** Milliseconds. */
  readonly life: number
  /** See `Lifetime.drawn`. */
  readonly drawn: number
}

/** By hand: a record is read on every look into a store, and a schema takes longer than its decryption. */
const isRecord = (value: unknown): value is Record => {
  if (!Predicate.isObject(value)) return false
  const { actsFor, drawn, id, key, life, organisation, owner, resource, scopes, token } =
    value as Readonly<{ [_ in keyof Record]?: unknown }>
  return (
    isString(key) &&
    isString(owner) &&
    isStringOrNull(organisation) &&
    isId(id) &&
    isString(token) &&
    isString(actsFor) &&
    Array.isArray(scopes) &&
    scopes.every(isString) &&
    isStringOrNull(resource) &&
    Number.isFinite(life) &&
    (life as number) > 0 &&
    Number.isFinite(drawn) &&
    (drawn as number) >= 0 &&
    (drawn as number) <= 1
  )
}

const { isString } = Predicate

const isStringOrNull = (value: unknown): value is string | null => value === null || isString(value)

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

/** What the record holds, if it is one and is of this very key. The token's text was checked before it was sealed. */
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

const isTokenText = Schema.is(TokenText)

/** The same for a record that anybody may have written. */
export const storedOfAnybody: typeof storedOf = (...args) => {
  const stored = storedOf(...args)
  return stored !== undefined && isTokenText(stored.token.reveal()) ? stored : undefined
}

/** What is not JSON is `undefined`, and so no record. */
const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isOf = (key: TokenKey, record: Record): boolean =>
  record.key === key.text &&
  record.owner === key.owner &&
  (record.organisation ?? undefined) === key.organisation
