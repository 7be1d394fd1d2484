/** One `yield*` in a fiber that is running anyway. */
import type { TokenError } from "@onbehalf/core/TokenError"
import * as Cache from "effect/Cache"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Schema from "effect/Schema"
import * as Persistence from "effect/persistence/Persistence"
import { brokerLayer, sourcesFor } from "./broker.ts"
import { printFigures, progress } from "./child.ts"
import { freshCaller, freshFiberLoop } from "./fresh.ts"
import { label } from "./peer.ts"
import { makeCache } from "./peers/effectCache.ts"
import { find, type HeldTokens } from "./peers/limits.ts"
import { makePersistedCache, TokenRequest } from "./peers/persistedCache.ts"
import type { SizedRow } from "./reports/rows.ts"
import { nearby } from "./upstream.ts"
import { keysOf, life, median, sizes, tokenFor, walk } from "./work.ts"

/** Of any of them; none is seen. */
type Failure = TokenError | Persistence.PersistenceError | Schema.SchemaError

interface Contender {
  readonly name: string
  readonly packageName?: string
  readonly get: (key: string, index: number) => Effect.Effect<unknown, Failure>
}

export const fiberLayer = Layer.merge(brokerLayer(life), Persistence.layerMemory)

/** A look-up with an expiry check, as an effect; the first is the limit. */
const limits = (keys: ReadonlyArray<string>): ReadonlyArray<Contender> => {
  const map: HeldTokens = new Map(
    keys.map((key) => [key, { token: tokenFor(key), until: Date.now() + life }])
  )
  let current = ""
  const lookUp = Effect.sync(() => find(map, current))
  return [
    {
      name: "Effect.sync of a look-up, made once",
      get: (key) => {
        current = key
        return lookUp
      }
    },
    {
      name: "Effect.sync of a look-up, made for each call",
      get: (key) => Effect.sync(() => find(map, key))
    },
    {
      name: "Effect.suspend of a look-up",
      get: (key) =>
        Effect.suspend(() => {
          const token = find(map, key)
          return token === undefined ? Effect.die("gone") : Effect.succeed(token)
        })
    }
  ]
}

const onbehalf = (keys: ReadonlyArray<string>) =>
  Effect.map(sourcesFor(keys), (sources): ReadonlyArray<Contender> => {
    const byKey = new Map(sources.map((source, index) => [keys[index] ?? "", source]))
    const packageName = "@onbehalf/core"
    return [
      {
        name: "onbehalf source.token()",
        packageName,
        get: (key) => byKey.get(key)?.token() ?? Effect.void
      },
      {
        name: "onbehalf source.token(), source kept",
        packageName,
        get: (_, index) => sources[index]?.token() ?? Effect.void
      }
    ]
  })

const effectCache = (keys: ReadonlyArray<string>) =>
  Effect.map(makeCache(keys.length, nearby), (cache): ReadonlyArray<Contender> => [
    { name: "Effect Cache", packageName: "effect", get: (key) => Cache.get(cache, key) }
  ])

/** Of 1 000 tokens at most: it takes half a minute to fill with a hundred thousand. */
const effectPersistedCache = (keys: ReadonlyArray<string>) =>
  keys.length > 1_000
    ? Effect.succeed<ReadonlyArray<Contender>>([])
    : Effect.map(makePersistedCache(keys.length, nearby), (cache): ReadonlyArray<Contender> => [
        {
          name: "Effect PersistedCache",
          packageName: "effect",
          get: (key) => cache.get(new TokenRequest({ key }))
        }
      ])

/** Each with all tokens held. */
export const contendersFor = (keys: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const contenders = [
      ...limits(keys),
      ...(yield* onbehalf(keys)),
      ...(yield* effectCache(keys)),
      ...(yield* effectPersistedCache(keys))
    ]
    for (const { get } of contenders) {
      for (const [index, key] of keys.entries()) yield* get(key, index)
    }
    return contenders
  })

const ready = (contender: Contender, keys: ReadonlyArray<string>) =>
  Effect.promise(async () => {
    const caller = await freshCaller()
    const fiberLoop = await freshFiberLoop()
    const times: Array<number> = []
    return { contender, times, time: fiberLoop(caller(contender.get, keys, walk(keys.length))) }
  })

/** Rounds until all is compiled. */
const warmUp = 5

/** The contenders take turns, so that a noisy moment hits them all. */
const measureSize = (size: number, rounds: number) =>
  Effect.gen(function* () {
    progress(`fiber, ${size} held`)
    const keys = keysOf(size)
    const all = yield* Effect.forEach(yield* contendersFor(keys), (contender) =>
      ready(contender, keys)
    )
    for (let round = 0; round < warmUp + rounds; round++) {
      for (const { time, times } of all) times.push(yield* time)
    }
    return all.map(({ contender, times }) => ({
      contender,
      nanoseconds: median(times.slice(warmUp))
    }))
  }).pipe(Effect.scoped, Effect.provide(fiberLayer))

const measureFiber = async (isQuick: boolean): Promise<ReadonlyArray<SizedRow>> => {
  const bySize = await Effect.runPromise(
    Effect.forEach(sizes, (size) => measureSize(size, isQuick ? 15 : 51))
  )
  return (bySize[0] ?? []).map(({ contender: { name, packageName } }, row) => ({
    ...label({ name, packageName }),
    nanoseconds: bySize.map((figures) => figures[row]?.nanoseconds ?? null)
  }))
}

if (import.meta.main) await printFigures(measureFiber)
