import { life, type Peer, tokenFor } from "../peer.ts"

const held = (keys: ReadonlyArray<string>) =>
  new Map(keys.map((key) => [key, { token: tokenFor(key), until: Date.now() + life }]))

const find = (map: ReturnType<typeof held>, key: string | undefined): string | undefined => {
  const entry = map.get(key ?? "")
  return entry !== undefined && Date.now() < entry.until ? entry.token : undefined
}

/** The limit: nothing that checks an expiry can be faster. */
export const mapLookUp: Peer = {
  name: "Map with expiry check",
  packageName: undefined,
  largest: Number.POSITIVE_INFINITY,
  prepare: (keys) => {
    const map = held(keys)
    return Promise.resolve((index) => find(map, keys[index]))
  }
}

/** The limit for whatever gives a promise. */
export const awaitedMapLookUp: Peer = {
  name: "Map with expiry check, awaited",
  packageName: undefined,
  largest: Number.POSITIVE_INFINITY,
  prepare: (keys) => {
    const map = held(keys)
    return Promise.resolve(async (index) => await Promise.resolve(find(map, keys[index])))
  }
}
