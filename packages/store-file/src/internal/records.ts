import { monotonicMillis } from "@onbehalf/core/MonotonicClock"
import * as TokenKeys from "@onbehalf/core/TokenKey"
import type { TokenSeal } from "@onbehalf/core/TokenSeal"
import type { StoredToken, StoreError } from "@onbehalf/core/TokenStore"
import type * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { momentOf, since } from "./moment.ts"
import type { NewRow, Row } from "./requests.ts"

/**
 * Tokens as rows of the file, and back. What the columns say is part of the key under which the record is
 * sealed: a row whose times were changed does not open, and neither does a record in another row.
 */
export interface Records {
  readonly seal: (stored: StoredToken, generation: number) => Effect.Effect<NewRow, StoreError>
  /** What the row holds, if it is a row of this very key. */
  readonly open: (key: TokenKeys.TokenKey, row: Row) => Effect.Effect<StoredToken | undefined>
  readonly hasEnded: (row: Row) => boolean
}

export const make = (seal: TokenSeal["Service"], clock: Clock.Clock): Records => {
  const now = momentOf(clock)
  const monotonic = monotonicMillis(clock)
  const remainingOf = ({ remaining, storedAt }: Row): number => remaining - since(storedAt, now())
  return {
    seal: (stored, generation) => {
      const { key, lifetime, token } = stored
      const columns = {
        owner: key.owner,
        organisation: key.organisation ?? null,
        id: token.id,
        storedAt: now(),
        remaining: Math.floor(lifetime.end - monotonic())
      }
      return Effect.map(
        seal.seal({ ...stored, key: rowKey(key, { ...columns, generation }) }),
        (record) => ({
          ...columns,
          record
        })
      )
    },
    open: (key, row) =>
      Effect.map(seal.open(rowKey(key, row), recordIn(row), remainingOf(row)), (stored) =>
        stored === undefined ? undefined : { ...stored, key }
      ),
    hasEnded: (row) => remainingOf(row) <= 0
  }
}

/** What is there no longer by right counts like what does not open. */
const recordIn = ({ isCurrent, record }: Row): Uint8Array =>
  isCurrent ? record : new Uint8Array(0)

const rowKey = (
  key: TokenKeys.TokenKey,
  { generation, id, organisation, owner, remaining, storedAt }: Omit<Row, "record" | "isCurrent">
): TokenKeys.TokenKey => ({
  ...key,
  text: TokenKeys.encode(
    [
      key.text,
      owner,
      organisation ?? "",
      id,
      generation,
      storedAt.wall,
      storedAt.uptime,
      remaining
    ].map(String)
  )
})
