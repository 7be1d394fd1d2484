import type { Peer } from "../peer.ts"
import { asyncCacheDedupe } from "./asyncCacheDedupe.ts"
import { azureTokenCycler } from "./azureTokenCycler.ts"
import { bento } from "./bentocache.ts"
import { effectCache } from "./effectCache.ts"
import { googleAuth } from "./google.ts"
import { awaitedMapLookUp, harnessAlone, mapLookUp, sharedPromise } from "./limits.ts"
import { lruCacheFetch, lruCacheFetchExact } from "./lruCache.ts"
import { msalNode } from "./msal.ts"
import { octokitAuth } from "./octokit.ts"
import { onbehalfPeek, onbehalfPeekKept, onbehalfToken, onbehalfTokenKept } from "./onbehalf.ts"
import { persistedCache } from "./persistedCache.ts"
import { simpleOAuth2 } from "./simpleOAuth2.ts"
import { smithyMemoize } from "./smithy.ts"

/** Those that give a value: the limit, then ours. */
export const givingValues: ReadonlyArray<Peer> = [
  harnessAlone,
  mapLookUp,
  onbehalfPeek,
  onbehalfPeekKept
]

/** Everybody else's. */
export const others: ReadonlyArray<Peer> = [
  lruCacheFetch,
  lruCacheFetchExact,
  smithyMemoize,
  azureTokenCycler,
  googleAuth,
  octokitAuth,
  simpleOAuth2,
  asyncCacheDedupe,
  bento,
  effectCache,
  persistedCache,
  msalNode
]

/** Those that give a promise: the limits, ours, the others. */
export const givingPromises: ReadonlyArray<Peer> = [
  awaitedMapLookUp,
  sharedPromise,
  onbehalfToken,
  onbehalfTokenKept,
  ...others
]
