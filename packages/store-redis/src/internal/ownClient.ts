import { InvalidConfiguration, TokenError } from "@onbehalf/core/TokenError"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import type { createClient, createCluster } from "redis"
import * as NodeRedis from "../NodeRedis.ts"
import type { PromiseClient } from "../RedisDriver.ts"
import { failureOf, RedisFailure, timedOut } from "../RedisFailure.ts"
import * as Addresses from "./addresses.ts"

/** Milliseconds, about, until a lost connection is tried again. */
const pause = 250

/** What secures a connection beyond what the system trusts. */
export interface TlsOptions {
  readonly ca?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
  readonly servername?: string | undefined
}

export interface OwnClientOptions {
  readonly tls: TlsOptions
  /** Milliseconds that an answer is waited for. */
  readonly timeout: number
  /** Servers elsewhere that a cluster announces may be spoken to in the clear. */
  readonly unencrypted: boolean
}

interface SessionOptions extends Pick<OwnClientOptions, "tls" | "unencrypted"> {
  /** Milliseconds for a connection and its greeting. */
  readonly patience: number
}

type Library = {
  readonly createClient: typeof createClient
  readonly createCluster: typeof createCluster
}

/** A client while it lives. */
interface Session {
  readonly client: PromiseClient
  readonly connect: () => Promise<unknown>
  readonly destroy: () => void
  /** Calls when it is of no more use. */
  readonly onEnd: (ended: () => void) => void
}

/**
 * A client of our own, made anew whenever it is lost; while there is none, commands fail at once. Building it
 * waits for the first attempt, and not for its success.
 */
export const make = Effect.fnUntraced(function* (
  addresses: readonly [Addresses.Address, ...ReadonlyArray<Addresses.Address>],
  { timeout, tls, unencrypted }: OwnClientOptions
): Effect.fn.Return<PromiseClient, TokenError, Scope.Scope> {
  const library = yield* load
  const patience = Math.max(1_000, timeout)
  const open =
    addresses.length === 1
      ? Effect.sync(() => singleSession(library, addresses[0], { patience, tls }))
      : clusterSession(library, addresses, { patience, tls, unencrypted })
  let current = offline(lost)
  const tried = yield* Deferred.make<void, TokenError>()

  const session = Effect.scoped(
    Effect.gen(function* () {
      const { client, connect, destroy, onEnd } = yield* open
      yield* Effect.addFinalizer(() => Effect.sync(destroy))
      const ended = yield* Deferred.make<never, RedisFailure>()
      onEnd(() => Deferred.doneUnsafe(ended, lost))
      yield* Effect.timeoutOrElse(Effect.tryPromise({ try: connect, catch: failureOf }), {
        duration: patience,
        orElse: () => timedOut
      })
      current = client
      yield* Deferred.succeed(tried, undefined)
      return yield* Deferred.await(ended)
    })
  ).pipe(
    Effect.catch((failure) => {
      current = offline(failure)
      return failure.code === "UNENCRYPTED"
        ? Deferred.fail(tried, Addresses.announcedElsewhere())
        : Deferred.succeed(tried, undefined)
    })
  )
  yield* session.pipe(Effect.repeat(Schedule.jittered(Schedule.spaced(pause))), Effect.forkScoped)
  yield* Deferred.await(tried)

  return {
    send: (command) => current.send(command),
    subscribe: (...args) => current.subscribe(...args),
    shards: () =>
      current.shards?.() ?? [(words) => current.send({ words, key: undefined, reads: true })],
    wayOf: (key) => current.wayOf?.(key) ?? "",
    drop: (key) => current.drop?.(key)
  }
})

const lost = new RedisFailure({ code: "DISCONNECTED" })

/** Says why there is no connection: a refused password, for example. */
const offline = (failure: RedisFailure): PromiseClient => {
  const refuse = () => Promise.reject(failure)
  return { send: refuse, subscribe: refuse, shards: () => [refuse] }
}

const notEncrypted = new RedisFailure({ code: "UNENCRYPTED" })

const notInstalled = Effect.fail(
  new TokenError({
    reason: new InvalidConfiguration({
      setting: "url",
      problem: "needs the package redis: npm install redis, or hand in a client"
    })
  })
)

const load: Effect.Effect<Library, TokenError> = Effect.flatMap(
  // Where a client is handed in, `redis` need not be there: bundlers let that pass if the import itself is caught.
  Effect.promise(() => import("redis").catch(() => undefined)),
  (library) => (library === undefined ? notInstalled : Effect.succeed(library))
)

/** Every answer is waited for by the store: a second watch costs a third more. */
const commandOptions = { timeout: 0 }

const unheard = (): void => undefined

/** A connection that is lost, or does not answer, is the end of its client. */
const singleSession = (
  { createClient }: Library,
  { url }: Addresses.Address,
  { patience, tls }: Omit<SessionOptions, "unencrypted">
): Session => {
  const socket = { ...tls, connectTimeout: patience, reconnectStrategy: false as const }
  const client = createClient({ url, commandOptions, disableOfflineQueue: true, socket })
  let [end, isOver] = [unheard, false]
  client.on("error", unheard)
  // A connection that was under way at its end is made all the same.
  client.on("connect", () => isOver && client.destroy())
  for (const event of ["end", "terminated"]) client.on(event, () => end())
  return {
    client: { ...NodeRedis.single(client), drop: () => end() },
    connect: () => client.connect(),
    destroy: () => {
      isOver = true
      client.destroy()
    },
    onEnd: (ended) => (end = ended)
  }
}

interface Node {
  readonly isReady: boolean
  ping(): Promise<unknown>
  destroy(): void
  connect(): Promise<unknown>
}

/** The library keeps the connections of a cluster; one that does not answer is made anew, the others are not. */
const clusterSession = Effect.fnUntraced(function* (
  { createCluster }: Library,
  addresses: readonly [Addresses.Address, ...ReadonlyArray<Addresses.Address>],
  { patience, tls, unencrypted }: SessionOptions
): Effect.fn.Return<Session, never, Scope.Scope> {
  const [first] = addresses
  const { encrypted, password, username } = first
  const check = (host: string) => {
    if (!Addresses.mayTalkTo(host, first, unencrypted)) throw notEncrypted
  }
  // The library forgets connections that it asks where the servers are, should they get no answer.
  const over = new AbortController()
  const cluster = createCluster({
    rootNodes: addresses.map(({ url }) => ({ url })),
    commandOptions,
    minimizeConnections: true,
    // Asked before each connection: servers may be announced later, too.
    nodeAddressMap: (address) => {
      check(address.slice(0, address.lastIndexOf(":")))
      return undefined
    },
    defaults: {
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      disableOfflineQueue: true,
      socket: socketsOf(encrypted, { patience, tls }, over.signal)
    }
  })
  cluster.on("error", unheard)
  cluster.on("node-error", unheard)
  const repair = yield* repairing
  /** What belongs to no key may have gone to any. */
  const examineAll = () => {
    for (const { client } of cluster.masters) {
      if (client !== undefined) repair(examine(client, patience))
    }
  }
  return {
    client: {
      ...NodeRedis.cluster(cluster),
      drop: (key) => {
        if (key === undefined) return examineAll()
        cluster
          .getNodeClientForKey(key, false)
          .then((node) => repair(restart(node, patience)), unheard)
      }
    },
    connect: async () => {
      await cluster.connect()
      for (const { host } of cluster.masters) check(host)
    },
    destroy: () => {
      cluster.destroy()
      over.abort()
    },
    onEnd: unheard
  }
})

/** All that belongs to a session ends with the signal. */
const socketsOf = (
  encrypted: boolean,
  { patience, tls }: Pick<SessionOptions, "patience" | "tls">,
  signal: AbortSignal
) => ({
  ...(encrypted ? { ...tls, tls: true as const } : {}),
  connectTimeout: patience,
  reconnectStrategy: () => (signal.aborted ? false : pause),
  signal
})

/** Does what it is given, for as long as the session lives. */
const repairing = Effect.gen(function* () {
  const repairs = yield* Queue.unbounded<Effect.Effect<void>>()
  yield* Queue.take(repairs).pipe(
    Effect.flatMap(Effect.forkScoped),
    Effect.forever,
    Effect.forkScoped
  )
  return (repair: Effect.Effect<void>): void => void Queue.offerUnsafe(repairs, repair)
})

/** What does not answer now either is made anew. */
const examine = (node: Node, patience: number): Effect.Effect<void> =>
  Effect.timeoutOrElse(Effect.ignore(Effect.tryPromise(() => node.ping())), {
    duration: patience,
    orElse: () => restart(node, patience)
  })

/** Until it is ready again: a server that stands still takes a connection, and does not greet. */
const restart = (node: Node, patience: number): Effect.Effect<void> => {
  const once = Effect.gen(function* () {
    node.destroy()
    // What was under way there ends in the next turn.
    yield* Effect.sleep(1)
    node.connect().catch(unheard)
    yield* Effect.sleep(patience)
  })
  return Effect.suspend(() =>
    node.isReady ? Effect.repeat(once, { until: () => node.isReady }) : Effect.void
  )
}
