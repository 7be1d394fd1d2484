import * as ChangeFeed from "@onbehalf/core/ChangeFeed"
import type { StoreChange, StoreError } from "@onbehalf/core/TokenStore"
import * as Effect from "effect/Effect"
import * as RcRef from "effect/RcRef"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { RedisDriver } from "../RedisDriver.ts"
import { RedisFailure } from "../RedisFailure.ts"
import { storeError } from "./questions.ts"

/** A change as it is published; `Connected` is nobody's to tell. */
const Told = Schema.Union([
  Schema.Struct({
    _tag: Schema.Literals(["Stored", "Removed"]),
    text: Schema.String,
    id: Schema.String
  }),
  Schema.Struct({ _tag: Schema.Literal("Released"), text: Schema.String }),
  Schema.Struct({ _tag: Schema.Literal("Revoked"), owner: Schema.String })
])

const isTold = Schema.is(Told)

export const messageOf = (change: typeof Told.Type): string => JSON.stringify(change)

/** What is not one of ours says nothing. */
const changeOf = (message: string): StoreChange | undefined => {
  try {
    const told: unknown = JSON.parse(message)
    return isTold(told) ? told : undefined
  } catch {
    return undefined
  }
}

/** Changes that may wait for one listener. */
const backlog = 65_536

/** Milliseconds between two beats. Two that were not heard mean that the feed is lost: within a second. */
const beat = 300

export interface FeedOptions {
  readonly driver: RedisDriver
  readonly channel: string
  /** No other process has it. */
  readonly process: string
}

/**
 * What all processes change. One subscription serves all who listen, and is there for as long as anybody does.
 *
 * A connection may be dead without a word, and then no change comes through. So this process tells itself
 * something again and again, on a channel of its own, by the same way as every change.
 */
export const make = Effect.fnUntraced(function* (
  options: FeedOptions
): Effect.fn.Return<Stream.Stream<StoreChange, StoreError>, never, Scope.Scope> {
  const current: RcRef.RcRef<ChangeFeed.ChangeFeed, StoreError> = yield* RcRef.make({
    acquire: Effect.suspend(() => subscribe(options, RcRef.invalidate(current)))
  })
  const changes = Stream.unwrap(Effect.map(RcRef.get(current), (feed) => feed.changes))
  return options.driver.missesMessages
    ? Stream.filter(changes, (change) => change._tag !== "Connected")
    : changes
})

const subscribe = (
  { channel, driver, process }: FeedOptions,
  onLoss: Effect.Effect<void>
): Effect.Effect<ChangeFeed.ChangeFeed, StoreError, Scope.Scope> =>
  Effect.gen(function* () {
    const feed = ChangeFeed.make(backlog)
    const pulse = `${channel}:${process}`
    const beats = { sent: 0, heard: 0 }
    const { lost } = yield* driver.subscribe([channel, pulse], (from, message) => {
      if (from === pulse) beats.heard = Number(message)
      const change = from === channel ? changeOf(message) : undefined
      if (change !== undefined) feed.tell(change)
    })
    const heartbeat = Effect.suspend(() => {
      if (beats.sent - beats.heard > 1) return new RedisFailure({ code: "TIMEOUT" })
      const words = ["PUBLISH", pulse, String(++beats.sent)]
      // However long an answer may take: the next beat does not wait for this one.
      const send = Effect.timeout(driver.send({ words, key: undefined, reads: false }), beat)
      return Effect.all([Effect.ignore(send), Effect.sleep(beat)], {
        concurrency: 2,
        discard: true
      })
    })
    yield* Effect.raceFirst(lost, Effect.forever(heartbeat)).pipe(
      Effect.catch((failure) =>
        // First, so that nobody joins what is over.
        Effect.andThen(
          onLoss,
          Effect.sync(() => feed.cut(storeError("changes", failure)))
        )
      ),
      Effect.forkScoped
    )
    return feed
  }).pipe(Effect.mapError((failure) => storeError("changes", failure)))
