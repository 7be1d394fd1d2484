/** A store over a real server, with hands on what lies there. */
import * as MemoryStore from "@onbehalf/store-memory"
import * as TieredStore from "@onbehalf/core/TieredStore"
import type { TokenError } from "@onbehalf/core/TokenError"
import type { TokenKey } from "@onbehalf/core/TokenKey"
import type { TokenStore } from "@onbehalf/core/TokenStore"
import type { StoreBackend } from "@onbehalf/store-testkit"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Names from "../../src/internal/names.ts"

/** Sends a command to the server that holds the key, or to every one. */
export type Command = (
  key: string | undefined,
  ...words: ReadonlyArray<string>
) => Promise<ReadonlyArray<unknown>>

export const sealKey = Buffer.alloc(32, 7).toString("base64")

/** How fast a server answers is not what most tests are about, and the machine may be busy. */
export const patient = { sealKey, timeout: 10_000 }

export const cannot = { capacity: "how much is held is up to Redis's own maxmemory" }

/** Of the prefix `onbehalf:`. */
export const names = Names.make("onbehalf:")

const tokenOf = (key: TokenKey): string => names.ofKey(key).token

export const backendOf = (
  layer: Layer.Layer<TokenStore, TokenError>,
  command: Command
): StoreBackend => {
  const run = (key: string | undefined, ...words: ReadonlyArray<string>) =>
    Effect.promise(() => command(key, ...words))
  const read = (name: string) => Effect.map(run(name, "GET", name), ([value]) => String(value))
  return {
    layer,
    corrupt: (key) =>
      Effect.gen(function* () {
        const value = yield* read(tokenOf(key))
        const at = value.length - 30
        const other = value[at] === "A" ? "B" : "A"
        const damaged = value.slice(0, at) + other + value.slice(at + 1)
        yield* run(tokenOf(key), "SET", tokenOf(key), damaged, "KEEPTTL")
      }),
    transplant: (from, to) =>
      Effect.gen(function* () {
        const value = yield* read(tokenOf(from))
        // Its generation goes with it, so that nothing but the key is wrong.
        const generation = yield* read(names.ofKey(from).generation)
        yield* run(tokenOf(to), "SET", names.ofKey(to).generation, generation, "KEEPTTL")
        yield* run(tokenOf(to), "SET", tokenOf(to), value, "KEEPTTL")
      }),
    atRest: Effect.gen(function* () {
      const keys = (yield* run(undefined, "KEYS", "*")).flat().map(String)
      const values = yield* Effect.forEach(keys, (key) => run(key, "DUMP", key))
      return [...keys, ...values.flat().map(String)]
    }),
    disconnect: Effect.asVoid(run(undefined, "CLIENT", "KILL", "TYPE", "pubsub"))
  }
}

/** The same with a memory store in front. */
export const tiered = (
  far: Layer.Layer<TokenStore, TokenError>
): Layer.Layer<TokenStore, TokenError> =>
  TieredStore.layer({ timeout: patient.timeout, near: MemoryStore.layer(), far })
