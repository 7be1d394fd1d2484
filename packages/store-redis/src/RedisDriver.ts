/**
 * What the store asks of a Redis client: send a command, and listen to channels. Any client will do.
 *
 * @since 0.1.0
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Patience from "./internal/patience.ts"
import { failureOf, RedisFailure, timedOut } from "./RedisFailure.ts"

/**
 * A command as it goes over the wire.
 *
 * @category models
 * @since 0.1.0
 */
export interface RedisCommand {
  /** Its name and its arguments: a list that is the client's to keep. */
  readonly words: Array<string>
  /** A cluster sends it to the server that holds this key; `undefined`: to any. */
  readonly key: string | undefined
  /** It changes nothing, and what it finds may be a little old: a replica may answer it. */
  readonly reads: boolean
}

/**
 * A client as the store uses it. Its promise: an answer or a failure in time, a quarter of a second say.
 *
 * @category models
 * @since 0.1.0
 */
export interface RedisDriver {
  readonly send: (command: RedisCommand) => Effect.Effect<unknown, RedisFailure>
  /**
   * Listens from now on, for as long as the scope lives.
   */
  readonly subscribe: (
    channels: ReadonlyArray<string>,
    onMessage: OnMessage
  ) => Effect.Effect<Subscription, RedisFailure, Scope.Scope>
  /** The connection that a command with this key takes is not trusted any more: closes it, where it is ours to close. */
  readonly drop: (key: string | undefined) => void
  /** It may miss messages without knowing: what it hears is a hint and no more. */
  readonly missesMessages: boolean
  /** The servers of a cluster that each hold a part of the keys, for listing. */
  readonly shards: Effect.Effect<ReadonlyArray<Shard>, RedisFailure>
}

/**
 * A subscription that is heard.
 *
 * @category models
 * @since 0.1.0
 */
export interface Subscription {
  /** Fails when it is lost, and something may have been missed. */
  readonly lost: Effect.Effect<never, RedisFailure>
}

/**
 * What is called with each message.
 *
 * @category models
 * @since 0.1.0
 */
export type OnMessage = (channel: string, message: string) => void

/**
 * Sends a command to one server.
 *
 * @category models
 * @since 0.1.0
 */
export type Shard = (words: Array<string>) => Effect.Effect<unknown, RedisFailure>

/**
 * What a subscription tells.
 *
 * @category models
 * @since 0.1.0
 */
export interface Listener {
  readonly onMessage: OnMessage
  /** To be called when the connection is lost. */
  readonly onLost: () => void
  /** Nobody waits for the subscription any more. */
  readonly signal: AbortSignal
}

/**
 * A client in terms of promises.
 *
 * @category models
 * @since 0.1.0
 */
export interface PromiseClient {
  /** Rejects where there is no answer, or an error; what it rejects with is told as a word, never quoted. */
  readonly send: (command: RedisCommand) => Promise<unknown>
  /** Listens on a connection of its own, or rejects. Gives what ends it. */
  readonly subscribe: (
    channels: ReadonlyArray<string>,
    listener: Listener
  ) => Promise<() => unknown>
  /** Of a cluster: sends to each server that holds a part of the keys, or rejects as `send` does. Default: there is one server. */
  readonly shards?: () => ReadonlyArray<(words: Array<string>) => Promise<unknown>>
  /**
   * What does not answer, as a name: when one command got no answer, all that go the same way fail at once until
   * it has. Default: all go the same way.
   */
  readonly wayOf?: (key: string | undefined) => string
  /**
   * Closes the connection that a command with this key takes, because an answer did not come or was another's.
   * Default: nothing, for the client may be somebody else's.
   */
  readonly drop?: (key: string | undefined) => void
}

/**
 * Milliseconds that an answer is waited for, where nobody says otherwise.
 *
 * @category constants
 * @since 0.1.0
 */
export const defaultTimeout = 250

/**
 * A driver for any client that works with promises.
 *
 * @param timeout milliseconds that an answer is waited for
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (
  client: PromiseClient,
  timeout = defaultTimeout
): Effect.fn.Return<RedisDriver, never, Scope.Scope> {
  const patience = yield* Patience.make(timeout)
  const { wayOf = () => "" } = client
  const drop = (key: string | undefined) => end(() => client.drop?.(key))
  const ask = (key: string | undefined, answer: () => Promise<unknown>) =>
    patience.within(wayOf(key), answer, () => drop(key))
  const own = (words: Array<string>) => client.send({ words, key: undefined, reads: true })
  return {
    send: (command) => ask(command.key, () => client.send(command)),
    subscribe: (channels, onMessage) => subscribe(client, channels, onMessage),
    drop,
    missesMessages: false,
    shards: Effect.try({
      try: () =>
        (client.shards?.() ?? [own]).map(
          (shard): Shard =>
            (words) =>
              ask(undefined, () => shard(words))
        ),
      catch: failureOf
    })
  }
})

const subscribe = Effect.fnUntraced(function* (
  client: PromiseClient,
  channels: ReadonlyArray<string>,
  onMessage: OnMessage
): Effect.fn.Return<Subscription, RedisFailure, Scope.Scope> {
  const lost = yield* Deferred.make<never, RedisFailure>()
  const onLost = () => Deferred.doneUnsafe(lost, new RedisFailure({ code: "DISCONNECTED" }))
  const begin = Effect.callback<() => unknown, RedisFailure>((resume, signal) => {
    const begun = Patience.promised(() => client.subscribe(channels, { onMessage, onLost, signal }))
    begun.then(
      (stop) => resume(Effect.succeed(stop)),
      (error: unknown) => resume(failureOf(error))
    )
    // Nobody waits any more; what begins all the same must end.
    return Effect.sync(() => end(() => begun.then((stop) => stop())))
  })
  yield* Effect.acquireRelease(
    Effect.timeoutOrElse(begin, { duration: Patience.toSubscribe, orElse: () => timedOut }),
    (stop) => Effect.sync(() => end(stop)),
    { interruptible: true }
  )
  return { lost: Deferred.await(lost) }
})

/** Nobody waits for it, and it may fail: a server that does not answer may never let it end. */
const end = (stop: () => unknown): void => void (async () => stop())().catch(() => undefined)
