/** What this run fetched itself: how long it lives is known even where the store could not keep it. */
import type { Lifetime } from "@onbehalf/core/Lifetime"
import { type StoredToken, TokenStore } from "@onbehalf/core/TokenStore"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** The life of the last token that was fetched; a run asks for one at a time. */
export class LastFetched extends Context.Service<
  LastFetched,
  { readonly lifetimeOf: (tokenId: string) => Lifetime | undefined }
>()("@onbehalf/cli/LastFetched") {}

/** The same store, with note taken of what is put into it. */
export const withLastFetched = <E, R>(
  store: Layer.Layer<TokenStore, E, R>
): Layer.Layer<TokenStore | LastFetched, E, R> =>
  Layer.provide(
    Layer.effectContext(
      Effect.map(TokenStore, (kept) => {
        let last: StoredToken | undefined
        const noting = TokenStore.of({
          ...kept,
          put: (stored, generation) => {
            last = stored
            return kept.put(stored, generation)
          }
        })
        const lifetimeOf = (id: string) => (last?.token.id === id ? last.lifetime : undefined)
        return Context.make(TokenStore, noting).pipe(Context.add(LastFetched, { lifetimeOf }))
      })
    ),
    store
  )
