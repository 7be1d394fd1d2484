/**
 * Many brokers, near and far tiers, and a model of Nuapay, all on virtual time and from one seed. After every
 * step the invariants are checked; a seed that fails fails again in the same way.
 */
import * as Gatekeeper from "@onbehalf/core/Gatekeeper"
import * as Grant from "@onbehalf/core/Grant"
import * as Partner from "@onbehalf/core/Partner"
import * as TieredStore from "@onbehalf/core/TieredStore"
import * as TokenBroker from "@onbehalf/core/TokenBroker"
import type { TokenError } from "@onbehalf/core/TokenError"
import { TokenStore } from "@onbehalf/core/TokenStore"
import * as MemoryStore from "@onbehalf/store-memory"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import { TestClock } from "effect/testing"
import * as Context from "effect/Context"
import { type Dice, fromSeed } from "./dice.ts"
import { applyCut, farSideOf, type Link, newLink } from "./farSide.ts"
import { check, checkOneFetch, InvariantBroken, maxStaleness, type Settled } from "./invariants.ts"
import * as NuapayModel from "./NuapayModel.ts"
import * as Thrift from "./thrift.ts"

interface Process {
  readonly name: string
  readonly link: Link
  readonly scope: Scope.Closeable
  readonly broker: TokenBroker.TokenBroker["Service"]
  stalledUntil: number
  /** Revocations under way. */
  revoking: number
}

interface World {
  readonly dice: Dice
  readonly nuapay: NuapayModel.NuapayModel
  readonly shared: TokenStore["Service"]
  readonly thrift: Thrift.Thrift
  readonly processes: Array<Process>
  readonly revocations: Array<Settled>
  readonly callers: Array<Fiber.Fiber<unknown, unknown>>
  /** The first broken invariant. */
  broken: InvariantBroken | undefined
  /** Nothing has gone wrong so far. */
  calm: boolean
  born: number
}

const merchants = ["m1", "m2", "m3"]
/** What is asked for: seconds of life, and scopes. */
const kinds = [
  { expiresIn: 10, scopes: ["admin"] },
  { expiresIn: 30, scopes: ["admin"] },
  { expiresIn: 30, scopes: ["payments"] },
  { expiresIn: 600, scopes: ["admin"] }
]
const steps = 40

const start = Effect.fnUntraced(function* (world: World) {
  const name = `p${++world.born}`
  const link = newLink()
  const scope = yield* Scope.make()
  const state = { stalledUntil: 0, revoking: 0 }
  const near = yield* MemoryStore.make({ maximumTokens: 100 })
  const store = Layer.effect(
    TokenStore,
    TieredStore.make({ near, far: farSideOf(world.shared, link, world.dice), maxStaleness })
  )
  const gatekeeper = world.nuapay.gatekeeperFor(name, () => state.stalledUntil)
  const layer = TokenBroker.layer({ concurrency: 4 }).pipe(
    Layer.provide(store),
    Layer.provide(
      Layer.succeed(Gatekeeper.Gatekeeper, {
        ...gatekeeper,
        requestToken: (grant) =>
          Effect.andThen(
            Effect.suspend(() => world.thrift.check(grant, world.calm)),
            gatekeeper.requestToken(grant)
          )
      })
    ),
    Layer.provide(Partner.layer({ apiKey: Redacted.make("key") }))
  )
  const context = yield* Layer.buildWithScope(layer, scope)
  const process: Process = Object.assign(state, {
    name,
    link,
    scope,
    broker: Context.get(context, TokenBroker.TokenBroker)
  })
  world.processes.push(process)
})

const spawn = (world: World, effect: Effect.Effect<void, TokenError>) =>
  Effect.map(
    Effect.forkDetach(Effect.exit(effect).pipe(Effect.tap((exit) => noteDefect(world, exit)))),
    (fiber) => {
      world.callers.push(fiber)
    }
  )

/** Failures are typed and expected; a broken invariant or any other defect is not. */
const noteDefect = (world: World, exit: Exit.Exit<void, TokenError>) =>
  Effect.sync(() => {
    if (Exit.isSuccess(exit)) return
    for (const reason of exit.cause.reasons) {
      if (reason._tag !== "Die") continue
      world.broken ??=
        reason.defect instanceof InvariantBroken
          ? reason.defect
          : new InvariantBroken(0, String(reason.defect))
    }
  })

const grantOf = (world: World) => {
  const organisation = world.dice.pick(merchants)
  const kind = world.dice.pick(kinds)
  return Effect.map(Grant.forOrganisation(organisation, kind), (grant) => ({
    organisation,
    grant,
    ...kind
  }))
}

const acquire = Effect.fnUntraced(function* (world: World, process: Process) {
  const { expiresIn, grant, organisation, scopes } = yield* grantOf(world)
  const minimumValidity = world.dice.chance(0.2) ? expiresIn * 400 : 0
  const source = yield* process.broker.source(grant)
  const handed = (token: Parameters<typeof check>[2]["token"], asked: number, got: number) =>
    check(world.nuapay, world.revocations, {
      process: process.name,
      organisation,
      scopes,
      token,
      minimumValidity,
      cutSince: (time) => process.link.cut || process.link.silent || process.link.mendedAt >= time,
      asked,
      got
    })
  const asked = yield* Clock.currentTimeMillis
  const held = source.peek(minimumValidity)
  if (held !== undefined) handed(held, asked, asked)
  yield* spawn(
    world,
    Effect.gen(function* () {
      const token = yield* source.token({ minimumValidity })
      handed(token, asked, yield* Clock.currentTimeMillis)
      // Now and then the token is refused where it is used.
      if (world.dice.chance(0.1)) yield* source.invalidate(token)
    })
  )
})

const revoke = Effect.fnUntraced(function* (world: World, process: Process) {
  const organisation = world.dice.pick(merchants)
  yield* spawn(
    world,
    Effect.gen(function* () {
      const before = new Set(
        [...world.nuapay.minted.values()].filter((token) => token.revoked).map((token) => token.id)
      )
      const through = process.link.revoked.length
      process.revoking++
      const { outcome } = yield* process.broker.revokeOrganisation(organisation)
      const alone = process.revoking === 1
      process.revoking--
      if (outcome !== "revoked") return
      const ids = [...world.nuapay.minted.values()]
        .filter((one) => one.revoked && one.organisation === organisation && !before.has(one.id))
        .map((one) => one.id)
      world.revocations.push({
        process: process.name,
        organisation,
        ids: new Set(ids),
        returned: yield* Clock.currentTimeMillis,
        // Before the upstream was asked and after it: by one of them alone a token may have slipped.
        reachedStore: process.link.revoked.length - through === 2 && alone
      })
    })
  )
})

/** One caller that gives up. */
const giveUp = (world: World) => {
  const fiber = world.callers.at(-1 - world.dice.upTo(3))
  return fiber === undefined ? Effect.void : Effect.forkDetach(Fiber.interrupt(fiber))
}

const crash = Effect.fnUntraced(function* (world: World, process: Process) {
  world.processes.splice(world.processes.indexOf(process), 1)
  yield* Effect.forkDetach(Scope.close(process.scope, Exit.void))
  yield* start(world)
})

const disturb = (world: World, process: Process): Effect.Effect<void> =>
  Effect.flatMap(Clock.currentTimeMillis, (now) =>
    Effect.sync(() => {
      world.calm = false
      const { dice, nuapay } = world
      const weather = nuapay.weather
      const coin = dice.chance(0.5)
      switch (dice.upTo(10)) {
        case 0:
          if (process.link.cut && !coin) process.link.mendedAt = now
          process.link.cut = coin
          applyCut(process.link)
          break
        case 1:
          process.link.feedCut = coin
          applyCut(process.link)
          break
        case 2:
          process.link.slow = coin
          break
        case 3:
          process.stalledUntil = now + dice.upTo(20_000)
          break
        case 4:
          weather.failing = coin
          break
        case 5:
          weather.losingAnswers = coin
          break
        case 6:
          weather.limiting = coin
          break
        case 7:
          weather.mixingUp = coin
          break
        case 8:
          process.link.silent = coin
          if (!coin) process.link.mendedAt = now
          break
        case 9:
          weather.refusingKey = coin
          break
        default:
          weather.latency = dice.pick([5, 50, 500, 4_000])
      }
    })
  )

const pass = (world: World) =>
  Effect.gen(function* () {
    const slice = world.dice.pick([0, 10, 100, 700, 3_000])
    for (let part = 0; part < 5; part++) {
      yield* TestClock.adjust(slice / 5)
      yield* Effect.yieldNow
    }
  })

const step = (world: World, faults: boolean): Effect.Effect<void> =>
  Effect.gen(function* () {
    const process = world.dice.pick(world.processes)
    const roll = world.dice.upTo(99)
    if (roll < 45) yield* acquire(world, process)
    else if (roll < 55) yield* revoke(world, process)
    else if (roll < 60) yield* giveUp(world)
    else if (faults && roll < 72) yield* disturb(world, process)
    else if (faults && roll < 74) yield* crash(world, process)
    else yield* pass(world)
    checkOneFetch(world.nuapay, world.calm)
  }).pipe(Effect.orDie)

/** Every caller must have an answer within the deadline of a flight, twice over. */
const drain = (world: World) =>
  Effect.gen(function* () {
    for (const { link } of world.processes) {
      Object.assign(link, { cut: false, feedCut: false, silent: false, slow: false })
    }
    for (let part = 0; part < 14; part++) {
      yield* TestClock.adjust("5 seconds")
      yield* Effect.yieldNow
    }
    const waiting = world.callers.filter((fiber) => fiber.pollUnsafe() === undefined).length
    if (waiting > 0) throw new InvariantBroken(8, `${waiting} callers wait for ever`)
    world.thrift.checkJitter()
  })

/** What one seed came to: nothing, or the invariant that it broke. */
export const simulate = (seed: number): Effect.Effect<InvariantBroken | undefined> =>
  Effect.gen(function* () {
    const dice = fromSeed(seed)
    const shared = yield* MemoryStore.make({ maximumTokens: 100 })
    const world: World = {
      dice,
      nuapay: NuapayModel.make(dice),
      shared,
      thrift: Thrift.make(shared),
      processes: [],
      revocations: [],
      callers: [],
      broken: undefined,
      calm: true,
      born: 0
    }
    for (let process = 0; process < 3; process++) yield* start(world)
    const faults = seed % 4 !== 0
    const run = Effect.gen(function* () {
      for (let count = 0; count < steps && world.broken === undefined; count++) {
        yield* step(world, faults)
      }
      yield* drain(world)
    })
    const exit = yield* Effect.exit(run)
    yield* noteDefect(world, exit)
    for (const { scope } of world.processes) yield* Scope.close(scope, Exit.void)
    return world.broken
  }).pipe(
    Effect.scoped,
    Effect.orDie,
    Random.withSeed(`seed ${seed}`),
    Effect.provide(TestClock.layer())
  )
