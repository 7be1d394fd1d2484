/** Redis in trouble while callers run: tokens keep flowing, none is wrong, and nobody has to restart anything. */
import { assert, describe, it } from "@effect/vitest"
import { monotonicMillis } from "@onbehalf/core/MonotonicClock"
import * as TieredStore from "@onbehalf/core/TieredStore"
import * as TokenBroker from "@onbehalf/core/TokenBroker"
import type { TokenError } from "@onbehalf/core/TokenError"
import type { TokenStore } from "@onbehalf/core/TokenStore"
import * as MemoryStore from "@onbehalf/store-memory"
import { fromClient, fromUrl } from "@onbehalf/store-redis"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import type * as Scope from "effect/Scope"
import { createSentinel } from "redis"
import { layerOf, minting, upstream } from "../../packages/core/test/support/upstream.ts"
import { sealKey } from "../../packages/store-redis/test/support/backend.ts"
import { startSentinel } from "../../packages/store-redis/test/support/redisSentinel.ts"
import { startProxy } from "../../packages/store-redis/test/support/proxy.ts"
import {
  startRedis,
  type RedisServer
} from "../../packages/store-redis/test/support/redisServer.ts"
import { withRedis } from "../../packages/store-redis/test/support/withRedis.ts"
import { grantFor } from "../support/broker.ts"

type Broker = TokenBroker.TokenBroker["Service"]

/** One process, as far as anybody outside can tell. */
const open = (
  far: Layer.Layer<TokenStore, TokenError>,
  fetch: typeof globalThis.fetch
): Effect.Effect<Broker, TokenError, Scope.Scope> => {
  const store = TieredStore.layer({ near: MemoryStore.layer(), far })
  const process = TokenBroker.layer().pipe(
    Layer.provide(Layer.merge(Layer.fresh(store), layerOf(fetch)))
  )
  return Effect.map(Layer.build(Layer.fresh(process)), Context.get(TokenBroker.TokenBroker))
}

interface Traffic {
  /** As it grows. */
  readonly served: number
  readonly wrong: ReadonlyArray<string>
  readonly refused: ReadonlyArray<string>
  /** Milliseconds of the longest wait. */
  readonly longest: number
}

let merchants = 0
const newMerchant = () => `merchant-${process.pid}-${++merchants}`

/** Callers that ask for new merchants and for old ones, until they are interrupted. */
const traffic = Effect.fnUntraced(function* (brokers: ReadonlyArray<Broker>) {
  const now = monotonicMillis(yield* Clock.Clock)
  const seen = { served: 0, wrong: [] as Array<string>, refused: [] as Array<string>, longest: 0 }
  const known: Array<string> = []
  const ask = Effect.fnUntraced(function* (broker: Broker) {
    const isNew = known.length < 10 || seen.served % 3 === 0
    const merchant = isNew ? newMerchant() : (known[seen.served % known.length] ?? newMerchant())
    if (isNew) known.push(merchant)
    const began = now()
    yield* Effect.match(broker.acquire(yield* grantFor(merchant)), {
      onSuccess: (token) => {
        seen.served++
        if (token.organisation !== merchant) seen.wrong.push(merchant)
      },
      onFailure: ({ code }) => seen.refused.push(code)
    })
    seen.longest = Math.max(seen.longest, now() - began)
    yield* Effect.sleep(2)
  })
  const callers = [...brokers, ...brokers].map((broker) => Effect.forever(ask(broker)))
  const running = yield* Effect.forkScoped(Effect.all(callers, { concurrency: "unbounded" }))
  return { seen: seen as Traffic, end: Fiber.interrupt(running) }
})

/** What goes wrong with their stores from now on. */
const troublesOf = Effect.fnUntraced(function* (brokers: ReadonlyArray<Broker>) {
  const troubles = { count: 0 }
  for (const { events } of brokers) {
    yield* events.pipe(
      Stream.runForEach(({ _tag }) =>
        Effect.sync(() => {
          if (_tag === "StoreTrouble") troubles.count++
        })
      ),
      Effect.forkScoped({ startImmediately: true })
    )
  }
  return troubles
})

/** A token that one process fetched is found by the other. */
const shared = (one: Broker, other: Broker): Effect.Effect<boolean, TokenError> =>
  Effect.gen(function* () {
    const grant = yield* grantFor(newMerchant())
    return (yield* one.acquire(grant)).id === (yield* other.acquire(grant)).id
  })

const eventuallyShared = (one: Broker, other: Broker) =>
  Effect.repeat(shared(one, other), {
    until: (isShared) => isShared,
    schedule: Schedule.spaced(20)
  }).pipe(Effect.timeout("10 seconds"))

interface Fault {
  /** What shows that it struck, where that is not trouble with the store. */
  readonly evidence?: "forgotten" | undefined
  readonly strike: Effect.Effect<unknown>
  /** Milliseconds that it lasts. */
  readonly lasts: number
  readonly heal: Effect.Effect<unknown>
}

const survive = (
  far: Layer.Layer<TokenStore, TokenError>,
  { evidence, heal, lasts, strike }: Fault
) =>
  Effect.gen(function* () {
    const nuapay = upstream(minting)
    const one = yield* open(far, nuapay.fetch)
    const other = yield* open(far, nuapay.fetch)
    yield* eventuallyShared(one, other)
    const grant = yield* grantFor(newMerchant())
    const kept = yield* one.acquire(grant)
    const troubles = yield* troublesOf([one, other])
    const { end, seen } = yield* traffic([one, other])
    yield* strike
    if (evidence === "forgotten") {
      assert.notStrictEqual((yield* other.acquire(grant)).id, kept.id)
    }
    const before = seen.served
    yield* Effect.sleep(lasts)
    // On a busy machine it may take longer than that for anything to be served.
    yield* Effect.repeat(
      Effect.sync(() => seen.served > before),
      { until: (isServed) => isServed, schedule: Schedule.spaced(20) }
    ).pipe(Effect.timeout("10 seconds"))
    if (evidence === undefined) assert.isAbove(troubles.count, 0, "nothing struck")
    yield* heal
    yield* eventuallyShared(one, other)
    yield* end
    assert.deepStrictEqual(seen.wrong, [])
    assert.deepStrictEqual(seen.refused, [])
    assert.isBelow(seen.longest, 5_000)
    yield* eventuallyShared(other, one)
  }).pipe(Effect.scoped)

const on = (server: RedisServer) => {
  const command = (...words: ReadonlyArray<string>) =>
    Effect.promise(() => server.command(...words))
  const set = (name: string, value: string) => command("CONFIG", "SET", name, value)
  return { command, set }
}

/** Each on a server of its own, so that they may strike together. */
const faults: ReadonlyArray<readonly [name: string, (server: RedisServer) => Fault]> = [
  [
    "F19: killed, and started again with nothing",
    (server) => ({
      strike: Effect.promise(server.kill),
      lasts: 500,
      heal: Effect.promise(server.start)
    })
  ],
  [
    "F20: stopped, with its connections open",
    (server) => ({
      strike: Effect.sync(() => server.signal("SIGSTOP")),
      lasts: 1_500,
      heal: Effect.sync(() => server.signal("SIGCONT"))
    })
  ],
  [
    "F20: paused",
    (server) => ({
      strike: on(server).command("CLIENT", "PAUSE", "1000", "ALL"),
      lasts: 1_000,
      heal: Effect.void
    })
  ],
  [
    "F21: loading its data again",
    (server) => ({
      strike: Effect.andThen(
        on(server).set("loading-process-events-interval-bytes", "1024"),
        Effect.andThen(
          on(server).set("key-load-delay", "5000"),
          Effect.forkDetach(Effect.exit(on(server).command("DEBUG", "RELOAD")))
        )
      ),
      lasts: 500,
      heal: Effect.void
    })
  ],
  [
    "F22: made a replica, and master again",
    (server) => ({
      strike: on(server).command("REPLICAOF", "127.0.0.1", "1"),
      lasts: 500,
      heal: on(server).command("REPLICAOF", "NO", "ONE")
    })
  ],
  [
    "F23: full",
    (server) => ({
      strike: on(server).set("maxmemory", "1"),
      lasts: 500,
      heal: on(server).set("maxmemory", "0")
    })
  ],
  [
    "F24: cleared, and cleared again",
    (server) => ({
      evidence: "forgotten",
      strike: Effect.repeat(on(server).command("FLUSHALL"), {
        times: 5,
        schedule: Schedule.spaced(100)
      }),
      lasts: 100,
      heal: Effect.void
    })
  ],
  [
    "F25: without its scripts, its connections, and its password",
    (server) => ({
      strike: Effect.repeat(
        Effect.all([
          on(server).command("SCRIPT", "FLUSH"),
          on(server).command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"),
          on(server).command("CLIENT", "KILL", "TYPE", "pubsub"),
          on(server).command("ACL", "SETUSER", "default", "resetpass", ">secret")
        ]),
        { times: 10, schedule: Schedule.spaced(30) }
      ),
      lasts: 200,
      heal: on(server).command("ACL", "SETUSER", "default", "nopass")
    })
  ]
]

const startMany = async () => {
  const servers = await Promise.all(faults.map(() => startRedis()))
  return {
    servers,
    stop: async () => {
      await Promise.all(servers.map(({ stop }) => stop()))
    }
  }
}

await withRedis("invariant 10: tokens keep flowing while Redis is", startMany, ({ servers }) => {
  describe("", { concurrent: true }, () => {
    for (const [index, [name, fault]] of faults.entries()) {
      it.live(name, () => {
        const server = servers[index]
        assert.isDefined(server)
        return survive(fromUrl({ url: server.url, sealKey }), fault(server))
      })
    }
  })
})

await withRedis("invariant 10, behind a sentinel", startSentinel, (servers) => {
  it.live("F27: tokens keep flowing while the master dies and another takes its place", () =>
    Effect.gen(function* () {
      const client = createSentinel({
        name: servers.name,
        sentinelRootNodes: [{ host: "127.0.0.1", port: servers.port }],
        nodeClientOptions: { disableOfflineQueue: true }
      })
      client.on("error", () => undefined)
      yield* Effect.acquireRelease(
        Effect.promise(() => client.connect()),
        () => Effect.promise(() => client.destroy())
      )
      yield* survive(fromClient(client, { sealKey }), {
        strike: Effect.promise(servers.failOver),
        lasts: 100,
        heal: Effect.void
      })
    }).pipe(Effect.scoped)
  )
})

await withRedis("invariant 3, with Redis in trouble", startRedis, (server) => {
  it.live(
    "T24, F27: what was revoked here while Redis stood still is never served here again",
    () =>
      Effect.gen(function* () {
        const nuapay = upstream((asked, count) =>
          asked.path.endsWith("/revoke")
            ? Response.json({ data: { count: 1 } }, { status: 200 })
            : minting(asked, count)
        )
        const broker = yield* open(fromUrl({ url: server.url, sealKey }), nuapay.fetch)
        const grant = yield* grantFor(newMerchant())
        const revoked = yield* broker.acquire(grant)
        server.signal("SIGSTOP")
        yield* Effect.ignore(broker.revokeOrganisation(revoked.organisation))
        server.signal("SIGCONT")
        for (let round = 0; round < 50; round++) {
          assert.notStrictEqual((yield* broker.acquire(grant)).id, revoked.id)
          yield* Effect.sleep(20)
        }
      }).pipe(Effect.scoped)
  )

  it.live(
    "T24, F42: what was revoked while Redis could not be reached is gone from it once it can",
    () =>
      Effect.gen(function* () {
        const nuapay = upstream((asked, count) =>
          asked.path.endsWith("/revoke")
            ? Response.json({ data: { count: 1 } }, { status: 200 })
            : minting(asked, count)
        )
        const proxy = yield* Effect.acquireRelease(
          Effect.promise(() => startProxy(server.port)),
          ({ stop }) => Effect.promise(stop)
        )
        const broker = yield* open(fromUrl({ url: proxy.url, sealKey }), nuapay.fetch)
        const other = yield* open(fromUrl({ url: server.url, sealKey }), nuapay.fetch)
        const grant = yield* grantFor(newMerchant())
        const revoked = yield* broker.acquire(grant)
        proxy.forsake()
        yield* broker.revokeOrganisation(revoked.organisation)
        assert.strictEqual((yield* other.acquire(grant)).id, revoked.id)
        yield* Effect.repeat(other.acquire(grant), {
          until: ({ id }) => id !== revoked.id,
          schedule: Schedule.spaced(20)
        }).pipe(Effect.timeout("10 seconds"))
      }).pipe(Effect.scoped)
  )
})
