import { createTokenBroker, type GrantHandle } from "@onbehalf/core"
import { memoryStore } from "@onbehalf/store-memory"
import type { Get, Peer } from "../peer.ts"
import type { Upstream } from "../upstream.ts"
import { life } from "../work.ts"

interface Handles {
  readonly kept: ReadonlyArray<GrantHandle>
  readonly byKey: ReadonlyMap<string, GrantHandle>
  readonly close: () => Promise<unknown>
}

const made = new WeakMap<ReadonlyArray<string>, Promise<Handles>>()

/** One broker for all ways of asking for the same keys. */
const handlesOn = (keys: ReadonlyArray<string>, upstream: Upstream): Promise<Handles> => {
  const known = made.get(keys) ?? makeHandles(keys, upstream)
  made.set(keys, known)
  return known
}

const makeHandles = async (keys: ReadonlyArray<string>, upstream: Upstream): Promise<Handles> => {
  const broker = await createTokenBroker({
    apiKey: "bench",
    environment: "sandbox",
    expiresIn: life / 1000,
    store: memoryStore(),
    fetch: (input) => {
      const url = input instanceof Request ? input.url : String(input)
      return upstream.answer(url.split("/").at(-2) ?? "")
    }
  })
  const kept = await Promise.all(
    keys.map((key) => broker.forOrganisation(key, { scopes: ["admin"] }))
  )
  const byKey = new Map(kept.map((handle, index) => [keys[index] ?? "", handle]))
  return { kept, byKey, close: () => broker.close() }
}

const onbehalf = (name: string, getOn: (handles: Handles) => Get): Peer => ({
  name,
  packageName: "@onbehalf/core",
  largest: Number.POSITIVE_INFINITY,
  open: async (keys, upstream) => {
    const handles = await handlesOn(keys, upstream)
    return {
      get: getOn(handles),
      fill: (key) => handles.byKey.get(key)?.token(),
      close: handles.close
    }
  }
})

/** Like for like: the limits and the peers look a key up as well. */
export const onbehalfPeek = onbehalf(
  "onbehalf peek",
  ({ byKey }) =>
    (key) =>
      byKey.get(key)?.peek()
)

export const onbehalfPeekKept = onbehalf(
  "onbehalf peek, handle kept",
  ({ kept }) =>
    (_, index) =>
      kept[index]?.peek()
)

export const onbehalfToken = onbehalf(
  "onbehalf token()",
  ({ byKey }) =>
    (key) =>
      byKey.get(key)?.token()
)

export const onbehalfTokenKept = onbehalf(
  "onbehalf token(), handle kept",
  ({ kept }) =>
    (_, index) =>
      kept[index]?.token()
)
