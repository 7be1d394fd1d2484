import type { StoreChange, StoreError } from "@onbehalf/core/TokenStore"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Queries } from "./queries.ts"
import type { Reader } from "./reader.ts"

/**
 * Milliseconds between two looks at what changed. A look takes some microseconds, but each wakes the process: a
 * hundred a second took one to two percent of a core.
 */
const interval = 20

/** How far a listener has come in the log of which file. */
interface Position {
  readonly file: string
  readonly number: number
}

/**
 * What changes from now on. Each listener reads the file's log at its own pace, so that nothing piles up. One
 * that comes too late for what was pruned, or finds another file, is told that it is connected anew.
 */
export const changes = (reader: Reader): Stream.Stream<StoreChange, StoreError> =>
  Stream.paginate(undefined, (position: Position | undefined) =>
    Effect.map(
      position === undefined
        ? reader.read("changes", start)
        : Effect.andThen(
            Effect.sleep(interval),
            reader.read("changes", (queries, file) => next(queries, file, position))
          ),
      ([found, reached]) => [found, Option.some(reached)] as const
    )
  )

type Step = readonly [ReadonlyArray<StoreChange>, Position]

const start = (queries: Queries, file: string): Step => [
  [{ _tag: "Connected" }],
  { file, number: queries.lastChange() }
]

const next = (queries: Queries, file: string, position: Position): Step => {
  if (file !== position.file) return start(queries, file)
  const found = queries.changesAfter(position.number)
  const [first] = found
  const last = found.at(-1)
  if (first === undefined || last === undefined) return [[], position]
  if (first.number !== position.number + 1) return start(queries, file)
  return [found.map(({ change }) => change), { file, number: last.number }]
}
