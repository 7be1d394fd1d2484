import type { Peer } from "../peer.ts"

interface PeerModule {
  readonly peers: ReadonlyArray<Peer>
}

/** Loaded one at a time, so that a process has nobody's code but its contender's. The limits first, then ours. */
const modules: ReadonlyArray<readonly [string, () => Promise<PeerModule>]> = [
  ["Map", () => import("./limits.ts")],
  ["onbehalf", () => import("./onbehalf.ts")],
  ["lru-cache", () => import("./lruCache.ts")],
  ["smithy", () => import("./smithy.ts")],
  ["azure", () => import("./azureTokenCycler.ts")],
  ["google", () => import("./google.ts")],
  ["octokit", () => import("./octokit.ts")],
  ["simple-oauth2", () => import("./simpleOAuth2.ts")],
  ["async-cache-dedupe", () => import("./asyncCacheDedupe.ts")],
  ["bentocache", () => import("./bentocache.ts")],
  ["Effect Cache", () => import("./effectCache.ts")],
  ["Effect PersistedCache", () => import("./effectPersistedCache.ts")],
  ["msal-node", () => import("./msal.ts")]
]

/** Each name begins as its module does. */
export const peerNamed = async (name: string): Promise<Peer> => {
  const load = modules.find(([start]) => name.startsWith(start))?.[1]
  const peer = (await load?.())?.peers.find((one) => one.name === name)
  if (peer === undefined) throw new Error(`no contender is called ${name}`)
  return peer
}

export const allPeers = async (): Promise<ReadonlyArray<Peer>> =>
  (await Promise.all(modules.map(([, load]) => load()))).flatMap(({ peers }) => peers)
