import type { AccessToken } from "@onbehalf/core"
import * as Gatekeeper from "@onbehalf/core/Gatekeeper"
import * as Grant from "@onbehalf/core/Grant"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Random from "effect/Random"
import * as Scope from "effect/Scope"
import { brokerLayer, gatekeeperLayer, mint, sourcesFor } from "./broker.ts"

/** Keeps a valid token for each key, as long as it is asked. */
export interface Keeper {
  readonly name: string
  readonly open: (keys: ReadonlyArray<string>) => Promise<Kept>
}

export interface Kept {
  /** Begins to keep a key's token. */
  readonly start: (index: number) => unknown
  /** Whether a valid token was there. */
  readonly ask: (index: number) => boolean
  /** How many there have been. */
  readonly requests: () => number
  readonly close: () => Promise<void>
}

/** Milliseconds, as Nuapay's own default. */
const life = 10_000

/** When a token is due, as a fraction of its life: at random, as the broker has it. */
const due = (random: number): number => 0.65 + 0.15 * random

interface Held {
  readonly token: AccessToken
  readonly until: number
}

const heldNow = (token: AccessToken): Held => ({ token, until: Date.now() + life })

const isHeld = (held: Held | undefined): boolean => held !== undefined && Date.now() < held.until

const nothing = () => Promise.resolve()

/** The demand alone: tokens that are never due. */
export const bareMap: Keeper = {
  name: "the demand on a bare Map",
  open: (keys) => {
    const map = new Map<string, Held>()
    const keyAt = (index: number) => keys[index] ?? ""
    return Promise.resolve({
      start: (index) => map.set(keyAt(index), { token: mint(keyAt(index)), until: Infinity }),
      ask: (index) => isHeld(map.get(keyAt(index))),
      requests: () => 0,
      close: nothing
    })
  }
}

/** The same Map, and each token replaced when it is due: what the upstream's stand-in costs by itself. */
export const mintedByHand: Keeper = {
  name: "and tokens minted when due",
  open: (keys) => {
    let requests = 0
    const map = new Map<string, Held & { readonly due: number }>()
    const keyAt = (index: number) => keys[index] ?? ""
    const fetch = (key: string) => {
      requests++
      map.set(key, { ...heldNow(mint(key)), due: Date.now() + life * due(Math.random()) })
    }
    return Promise.resolve({
      start: (index) => fetch(keyAt(index)),
      ask: (index) => {
        const held = map.get(keyAt(index))
        if (held !== undefined && Date.now() >= held.due) fetch(keyAt(index))
        return isHeld(held)
      },
      requests: () => requests,
      close: nothing
    })
  }
}

export const onbehalf: Keeper = {
  name: "onbehalf",
  open: async (keys) => {
    let requests = 0
    const runtime = ManagedRuntime.make(brokerLayer(life, () => requests++))
    const sources = await runtime.runPromise(sourcesFor(keys))
    return {
      start: (index) => runtime.runPromise(sources[index]?.token() ?? Effect.void),
      ask: (index) => {
        const source = sources[index]
        if (source === undefined || source.peek() !== undefined) return true
        runtime.runFork(source.token())
        return false
      },
      requests: () => requests,
      close: () => runtime.dispose()
    }
  }
}

/** What one writes first: a fiber for each key, that fetches, sleeps until the token is due, and begins again. */
export const fiberForEachKey: Keeper = {
  name: "a fiber for each key",
  open: (keys) => {
    let requests = 0
    const map = new Map<string, Held>()
    const scope = Scope.makeUnsafe()
    const runtime = ManagedRuntime.make(gatekeeperLayer(life, () => requests++))
    const keep = Effect.fnUntraced(function* (key: string) {
      const gatekeeper = yield* Gatekeeper.Gatekeeper
      const grant = yield* Grant.forOrganisation(key, { scopes: ["admin"], expiresIn: life / 1000 })
      const once = Effect.gen(function* () {
        const { token } = yield* gatekeeper.requestToken(grant)
        map.set(key, heldNow(token))
        yield* Effect.sleep(life * due(yield* Random.next))
      })
      yield* Effect.forkScoped(Effect.forever(once), { startImmediately: true })
    }, Scope.provide(scope))
    return Promise.resolve({
      start: (index) => runtime.runPromise(keep(keys[index] ?? "")),
      ask: (index) => isHeld(map.get(keys[index] ?? "")),
      requests: () => requests,
      close: async () => {
        await runtime.runPromise(Scope.close(scope, Exit.void))
        await runtime.dispose()
      }
    })
  }
}
