import { life, type Peer, type Upstream } from "../peer.ts"

interface Entry {
  readonly token: string
  readonly until: number
}

const find = (map: ReadonlyMap<string, Entry>, key: string): string | undefined => {
  const entry = map.get(key)
  return entry !== undefined && Date.now() < entry.until ? entry.token : undefined
}

const putter =
  (map: Map<string, Entry>, keys: ReadonlyArray<string>, upstream: Upstream) =>
  async (index: number): Promise<void> => {
    const key = keys[index] ?? ""
    map.set(key, { token: await upstream(key), until: Date.now() + life * 1_000 })
  }

/** Nothing that checks an expiry can be faster. */
const lookUp: Peer = {
  name: "Map with expiry check",
  onlyHolds: true,
  open: (keys, upstream) => {
    const map = new Map<string, Entry>()
    return {
      get: (index) => find(map, keys[index] ?? ""),
      fill: putter(map, keys, upstream)
    }
  }
}

/** The limit for whatever gives a promise. */
const awaited: Peer = {
  name: "Map with expiry check, awaited",
  onlyHolds: true,
  open: (keys, upstream) => {
    const map = new Map<string, Entry>()
    const get = async (key: string) => find(map, key)
    return {
      get: (index) => get(keys[index] ?? ""),
      fill: putter(map, keys, upstream)
    }
  }
}

/** The limit for a stampede: a promise for each key, shared by hand. */
const shared: Peer = {
  name: "Map of shared promises",
  open: (keys, upstream) => {
    const map = new Map<string, Entry>()
    const flights = new Map<string, Promise<string>>()
    const fetch = async (key: string) => {
      const token = await upstream(key)
      map.set(key, { token, until: Date.now() + life * 1_000 })
      flights.delete(key)
      return token
    }
    const get = async (key: string): Promise<string> => {
      const held = find(map, key)
      if (held !== undefined) return held
      const flight = flights.get(key) ?? fetch(key)
      flights.set(key, flight)
      return flight
    }
    return { get: (index) => get(keys[index] ?? "") }
  }
}

export const peers = [lookUp, awaited, shared]
