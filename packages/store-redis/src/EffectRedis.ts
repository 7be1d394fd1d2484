/**
 * Effect's own `Redis` service, whichever client is behind it.
 *
 * It carries no key, and so finds no server in a cluster: one server only. It may lose its subscription for a
 * moment and not tell: what it hears wakes those who wait, but a near tier is trusted for `maxStaleness` only.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redis from "effect/persistence/Redis"
import * as Queue from "effect/Queue"
import * as Scope from "effect/Scope"
import { toSubscribe } from "./internal/patience.ts"
import { defaultTimeout, type RedisDriver } from "./RedisDriver.ts"
import { failureOf, type RedisFailure, timedOut } from "./RedisFailure.ts"

/**
 * A driver over Effect's own `Redis` service: one server, no cluster.
 *
 * @param timeout milliseconds that an answer is waited for
 * @category constructors
 * @since 0.1.0
 */
export const driver = (timeout = defaultTimeout): Effect.Effect<RedisDriver, never, Redis.Redis> =>
  Redis.Redis.useSync((redis): RedisDriver => {
    const send = ([name = "", ...rest]: ReadonlyArray<string>) =>
      Effect.mapError(redis.send(name, ...rest), causeOf).pipe(
        Effect.timeoutOrElse({ duration: timeout, orElse: () => timedOut })
      )
    return {
      send: ({ words }) => send(words),
      subscribe: Effect.fnUntraced(function* (channels, onMessage) {
        const queues = yield* unwaited(
          Effect.forEach(channels, (channel) => redis.subscribe(channel))
        )
        const listen = (queue: (typeof queues)[number]) =>
          // A yield after each would take one a turn of the event loop.
          Effect.forever(
            Effect.map(Queue.take(queue), ({ channel, message }) => onMessage(channel, message)),
            { disableYield: true }
          )
        const lost = Effect.all(queues.map(listen), { concurrency: "unbounded" })
        return { lost: Effect.andThen(Effect.mapError(lost, causeOf), Effect.never) }
      }),
      drop: () => undefined,
      missesMessages: true,
      shards: Effect.succeed([send])
    }
  })

/** A server that does not answer lets it neither begin nor end: it is given up, and gone when it can. */
const unwaited = <A, E>(
  subscribe: Effect.Effect<A, E, Scope.Scope>
): Effect.Effect<A, E | RedisFailure, Scope.Scope> =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    yield* Effect.addFinalizer((exit) => Effect.forkDetach(Scope.close(scope, exit)))
    const subscribing = yield* Effect.forkDetach(Scope.provide(subscribe, scope))
    return yield* Effect.timeoutOrElse(Fiber.join(subscribing), {
      duration: toSubscribe,
      orElse: () => timedOut
    })
  })

const causeOf = ({ cause }: Redis.RedisError): RedisFailure => failureOf(cause)
