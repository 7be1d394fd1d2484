import type { TokenKey } from "@onbehalf/core/TokenKey"
import * as TokenStore from "@onbehalf/core/TokenStore"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { changes } from "./changes.ts"
import { entries } from "./entries.ts"
import * as Leases from "./leases.ts"
import * as Reader from "./reader.ts"
import type { Records } from "./records.ts"
import type { Row } from "./requests.ts"
import { storeError, type Writer } from "./writer.ts"

/** The store's operations: looks are done here, all else is asked of the side that writes. */
export const make = Effect.fnUntraced(function* (
  writer: Writer,
  records: Records
): Effect.fn.Return<TokenStore.TokenStore["Service"], never, Scope.Scope> {
  const reader = yield* Reader.make(writer)
  const leases = yield* Leases.make(writer)
  yield* sweep(writer)

  /** What is of no use is deleted where it lies. */
  const held = (key: TokenKey, row: Row) =>
    Effect.tap(records.open(key, row), (stored) =>
      stored === undefined
        ? Effect.ignore(writer.ask("discard", { key: key.text, record: row.record }))
        : Effect.void
    )

  return TokenStore.TokenStore.of({
    peek: () => undefined,
    epoch: () => 0,
    get: (key) =>
      Effect.flatMap(
        reader.read("get", (queries) => queries.find(key.text)),
        ({ generation, row }) =>
          row === undefined
            ? Effect.succeed({ held: undefined, generation })
            : Effect.map(held(key, row), (stored) => ({ held: stored, generation }))
      ),
    put: (stored, generation) =>
      Effect.flatMap(records.seal(stored, generation), (row) => {
        const { text } = stored.key
        const request = { key: text, row, generation, fence: leases.fenceOf(text) }
        return Effect.mapError(writer.ask("put", request), storeError("put"))
      }),
    remove: (key, id) =>
      Effect.mapError(writer.ask("remove", { key: key.text, id }), storeError("remove")),
    revoke: (owner) => Effect.mapError(writer.ask("revoke", { owner }), storeError("revoke")),
    lease: (key, atMost) => leases.take(key.text, atMost),
    changes: changes(reader),
    entries: entries(reader, records)
  })
})

/** Milliseconds between two sweeps, and tokens that one of them deletes in one transaction. */
const sweepInterval = 10_000
const maximumSwept = 500

/** Deletes what has expired, now and then, without holding up others for long. */
const sweep = (writer: Writer): Effect.Effect<void, never, Scope.Scope> =>
  writer
    .ask("sweep", { atMost: maximumSwept })
    .pipe(
      Effect.repeat({ while: (deleted) => deleted === maximumSwept }),
      Effect.ignore,
      Effect.repeat(Schedule.spaced(sweepInterval)),
      Effect.forkScoped,
      Effect.asVoid
    )
