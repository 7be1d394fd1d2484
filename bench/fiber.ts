import * as Gatekeeper from "@onbehalf/core/Gatekeeper"
import * as Grant from "@onbehalf/core/Grant"
import * as Partner from "@onbehalf/core/Partner"
import * as TokenBroker from "@onbehalf/core/TokenBroker"
import * as MemoryStore from "@onbehalf/store-memory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import { life, tokenFor } from "./peer.ts"
import { answer } from "./peers/onbehalf.ts"
import { keysOf, middle, sizes } from "./warm.ts"

/** Nanoseconds of one `yield*` in a fiber: of a bare look-up, and of a source's token. */
export interface FiberFigures {
  readonly size: number
  readonly lookUp: number
  readonly token: number
}

const calls = 20_000
const stride = 7_919

const layer = TokenBroker.layer().pipe(
  Layer.provide(
    Gatekeeper.layer().pipe(
      Layer.provide(
        Layer.provide(
          FetchHttpClient.layer,
          Layer.succeed(FetchHttpClient.Fetch, (input) =>
            Promise.resolve(answer(new Request(input).url.split("/").at(-2) ?? "", life))
          )
        )
      )
    )
  ),
  Layer.provide(MemoryStore.layer()),
  Layer.provide(Partner.layer({ apiKey: Redacted.make("bench") }))
)

/** A bare look-up with an expiry check, as an effect. */
const lookUp = (
  map: ReadonlyMap<string, { readonly token: string; readonly until: number }>,
  key: string
) =>
  Effect.suspend(() => {
    const held = map.get(key)
    return held !== undefined && isAlive(held.until)
      ? Effect.succeed(held.token)
      : Effect.fail("gone")
  })

const isAlive = (until: number): boolean => Date.now() < until

const measureSize = (size: number, rounds: number) =>
  Effect.gen(function* () {
    const broker = yield* TokenBroker.TokenBroker
    const keys = keysOf(size)
    const map = new Map(
      keys.map((key) => [key, { token: tokenFor(key), until: Date.now() + life }])
    )
    const sources = yield* Effect.forEach(keys, (key) =>
      Effect.flatMap(Grant.forOrganisation(key, { scopes: ["admin"] }), broker.source)
    )
    for (const source of sources) yield* source.token()
    const lookUps = keys.map((key) => lookUp(map, key))
    const tokens = sources.map((source) => source.token())
    const time = <E>(effects: ReadonlyArray<Effect.Effect<unknown, E>>) =>
      Effect.gen(function* () {
        const began = performance.now()
        for (let call = 0, index = 0; call < calls; call++) {
          index = (index + stride) % size
          yield* effects[index] ?? Effect.void
        }
        return ((performance.now() - began) * 1e6) / calls
      })
    const seen = { lookUp: [] as Array<number>, token: [] as Array<number> }
    for (let round = 0; round < rounds; round++) {
      seen.lookUp.push(yield* time(lookUps))
      seen.token.push(yield* time(tokens))
    }
    return { size, lookUp: middle(seen.lookUp), token: middle(seen.token) }
  })

export const measureFiber = (rounds: number): Promise<ReadonlyArray<FiberFigures>> =>
  Effect.runPromise(
    Effect.forEach(sizes, (size) => measureSize(size, rounds * 10)).pipe(Effect.provide(layer))
  )
