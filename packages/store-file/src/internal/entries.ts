import type { TokenKey } from "@onbehalf/core/TokenKey"
import { entryOf, type StoreEntry, type StoreError } from "@onbehalf/core/TokenStore"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { KeyedRow } from "./queries.ts"
import type { Reader } from "./reader.ts"
import type { Records } from "./records.ts"

/** What is held, page by page, so that the process is free in between. What has ended or does not open is left out. */
export const entries = (
  reader: Reader,
  records: Records
): Effect.Effect<ReadonlyArray<StoreEntry>, StoreError> =>
  Stream.paginate(0, (after) =>
    Effect.map(
      Effect.andThen(
        Effect.yieldNow,
        reader.read("entries", (queries) => queries.page(after))
      ),
      (rows) => {
        const last = rows.at(-1)
        return [rows, last === undefined ? Option.none() : Option.some(last.number)] as const
      }
    )
  ).pipe(
    Stream.filter((row) => !records.hasEnded(row)),
    Stream.mapEffect((row) => records.open(keyOf(row), row)),
    Stream.filter((stored) => stored !== undefined),
    Stream.map(entryOf),
    Stream.runCollect
  )

const keyOf = ({ key, organisation, owner }: KeyedRow): TokenKey => ({
  text: key,
  owner,
  organisation: organisation ?? undefined
})
