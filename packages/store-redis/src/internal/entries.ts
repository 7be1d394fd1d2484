import { entryOf, type StoreEntry, StoreError } from "@onbehalf/core/TokenStore"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Shard } from "../RedisDriver.ts"
import type { OwnerNames } from "./names.ts"
import type { Parts } from "./parts.ts"
import { storeError } from "./questions.ts"
import { keptOf, keyOf, open } from "./record.ts"
import * as scripts from "./scripts.ts"

/** Keys of one step of a scan, and steps: ten million keys, whosever they are, and no more. */
const stride = "1000"
const maximumSteps = 10_000

/** Owners asked for at a time. */
const concurrency = 16

/** Every token that is held, owner by owner. Owners are found by a scan for their indexes. */
export const make = (parts: Parts): Effect.Effect<ReadonlyArray<StoreEntry>, StoreError> =>
  Effect.gen(function* () {
    const { driver, names } = parts
    const shards = yield* Effect.mapError(driver.shards, (failure) =>
      storeError("entries", failure)
    )
    const found = yield* Effect.forEach(shards, (shard) => scan(shard, names.indexPattern))
    const indexes = new Set(found.flat())
    const listed = yield* Effect.forEach(indexes, (index) => ofOwner(parts, names.ofIndex(index)), {
      concurrency
    })
    return listed.flat()
  })

const scan = Effect.fnUntraced(function* (
  shard: Shard,
  pattern: string
): Effect.fn.Return<ReadonlyArray<string>, StoreError> {
  const found: Array<string> = []
  let cursor = "0"
  for (let step = 0; step < maximumSteps; step++) {
    const words = ["SCAN", cursor, "MATCH", pattern, "COUNT", stride]
    const answer = yield* Effect.mapError(shard(words), (failure) => storeError("entries", failure))
    if (!isPage(answer)) return yield* failed("the answer makes no sense")
    found.push(...answer[1])
    cursor = answer[0]
    if (cursor === "0") return found
  }
  return yield* failed("there are too many keys to look through")
})

const isPage = (answer: unknown): answer is readonly [string, ReadonlyArray<string>] =>
  Array.isArray(answer) && typeof answer[0] === "string" && Array.isArray(answer[1])

const failed = (problem: string) => Effect.fail(new StoreError({ operation: "entries", problem }))

const ofOwner = Effect.fnUntraced(function* (
  { ask, now, seal }: Parts,
  { generation, index, tokens }: OwnerNames
): Effect.fn.Return<ReadonlyArray<StoreEntry>, StoreError> {
  const asked = now()
  const [millis, ...answer] = yield* ask({
    operation: "entries",
    script: scripts.list,
    keys: [index, generation],
    args: [tokens],
    reads: true
  })
  const entries: Array<StoreEntry> = []
  for (let at = 0; at + 2 < answer.length; at += 3) {
    const key = Option.getOrUndefined(keyOf(answer[at]))
    const [remaining, record] = [answer[at + 1], answer[at + 2]]
    if (key === undefined || typeof remaining !== "number" || typeof record !== "string") continue
    const kept = keptOf(record)
    const left = Math.min(remaining, Number(kept?.end) - Number(millis))
    const stored = yield* open(seal, key, kept, left - (now() - asked))
    if (stored !== undefined) entries.push(entryOf(stored))
  }
  return entries
})
