import type { Peer } from "../peer.ts"
import { asyncCacheDedupe } from "./asyncCacheDedupe.ts"
import { azureTokenCycler } from "./azureTokenCycler.ts"
import { bento } from "./bentocache.ts"
import { effectCache } from "./effectCache.ts"
import { googleAuth } from "./google.ts"
import { awaitedMapLookUp, mapLookUp } from "./limits.ts"
import { lruCacheFetch } from "./lruCache.ts"
import { msalNode } from "./msal.ts"
import { octokitAuth } from "./octokit.ts"
import { onbehalfPeek, onbehalfToken } from "./onbehalf.ts"
import { simpleOAuth2 } from "./simpleOAuth2.ts"
import { smithyMemoize } from "./smithy.ts"

/** The limits first, then ours, then the others. */
export const peers: ReadonlyArray<Peer> = [
  mapLookUp,
  onbehalfPeek,
  awaitedMapLookUp,
  onbehalfToken,
  lruCacheFetch,
  smithyMemoize,
  azureTokenCycler,
  googleAuth,
  octokitAuth,
  simpleOAuth2,
  asyncCacheDedupe,
  bento,
  effectCache,
  msalNode
]
