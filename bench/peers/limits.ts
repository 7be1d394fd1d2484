import type { Get, Peer } from "../peer.ts"
import { life } from "../work.ts"

interface Held {
  readonly token: string
  readonly until: number
}

export type HeldTokens = Map<string, Held>

/** The work in its barest form: a look-up with an expiry check. */
export const find = (map: ReadonlyMap<string, Held>, key: string): string | undefined => {
  const held = map.get(key)
  return held !== undefined && Date.now() < held.until ? held.token : undefined
}

const mapLimit = (name: string, getOn: (map: HeldTokens) => Get): Peer => ({
  name,
  packageName: undefined,
  largest: Number.POSITIVE_INFINITY,
  open: (_, upstream) => {
    const map: HeldTokens = new Map()
    return {
      get: getOn(map),
      fill: async (key) =>
        map.set(key, { token: await upstream.text(key), until: Date.now() + life })
    }
  }
})

/** What the harness itself costs, within every figure. */
export const harnessAlone: Peer = {
  name: "the harness alone",
  packageName: undefined,
  largest: Number.POSITIVE_INFINITY,
  open: (_, upstream) => ({ get: (key) => key, fill: upstream.text })
}

/** The limit: nothing that checks an expiry can be faster. */
export const mapLookUp = mapLimit("Map with expiry check", (map) => (key) => find(map, key))

/** The limit for whatever gives a promise. */
export const awaitedMapLookUp = mapLimit(
  "Map with expiry check, awaited",
  (map) => async (key) => find(map, key)
)

/** The limit for many callers on a cold key: one promise, kept in a Map for as long as its token lives. */
export const sharedPromise: Peer = {
  name: "shared promise by hand",
  packageName: undefined,
  largest: Number.POSITIVE_INFINITY,
  open: (_, upstream) => {
    const flights = new Map<string, { readonly promise: Promise<string>; readonly until: number }>()
    const start = (key: string) => {
      const promise = upstream.text(key)
      flights.set(key, { promise, until: Date.now() + life })
      return promise
    }
    return {
      get: (key) => {
        const flight = flights.get(key)
        return flight !== undefined && Date.now() < flight.until ? flight.promise : start(key)
      }
    }
  }
}
