/**
 * A token store in this process: bounded, gone with the process, shared with nobody.
 *
 * @since 0.1.0
 */
import type { StoreAdapter } from "@onbehalf/core"
import * as TokenStore from "@onbehalf/core/TokenStore"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { LRUCache } from "lru-cache"
import * as Generations from "./Generations.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface MemoryStoreOptions {
  /** The most tokens held; the least recently used goes first. Default: 100 000. */
  readonly maximumTokens?: number | undefined
}

/**
 * The store for Effect users.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: MemoryStoreOptions = {}): Layer.Layer<TokenStore.TokenStore> =>
  Layer.sync(TokenStore.TokenStore, () => make(options))

/**
 * The store for `createTokenBroker`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const memoryStore = (options?: MemoryStoreOptions): StoreAdapter => ({
  layer: layer(options)
})

type Tokens = LRUCache<string, TokenStore.StoredToken>

const make = ({
  maximumTokens = 100_000
}: MemoryStoreOptions): TokenStore.TokenStore["Service"] => {
  const byOwner = new Map<string, Set<string>>()
  const tokens: Tokens = new LRUCache({
    max: maximumTokens,
    dispose: (stored) => forget(byOwner, stored)
  })
  const generations = Generations.make(maximumTokens)
  return TokenStore.TokenStore.of({
    peek: (key) => tokens.get(key.text),
    get: (key) =>
      Effect.sync(() => ({ held: tokens.get(key.text), generation: generations.current() })),
    put: (stored, generation) =>
      Effect.sync(() => {
        if (generations.hasPassed(stored.key.owner, generation)) return "superseded"
        tokens.set(stored.key.text, stored)
        remember(byOwner, stored)
        return "stored"
      }),
    remove: (key, id) =>
      Effect.sync(() => tokens.peek(key.text)?.token.id === id && tokens.delete(key.text)),
    revoke: (owner) =>
      Effect.sync(() => {
        generations.advance(owner)
        const texts = [...(byOwner.get(owner) ?? [])]
        for (const text of texts) tokens.delete(text)
        return texts.length
      }),
    entries: Effect.sync(() => Array.from(tokens.values(), entry))
  })
}

const remember = (byOwner: Map<string, Set<string>>, { key }: TokenStore.StoredToken): void => {
  const texts = byOwner.get(key.owner)
  if (texts === undefined) byOwner.set(key.owner, new Set([key.text]))
  else texts.add(key.text)
}

const forget = (byOwner: Map<string, Set<string>>, { key }: TokenStore.StoredToken): void => {
  const texts = byOwner.get(key.owner)
  if (texts === undefined) return
  texts.delete(key.text)
  if (texts.size === 0) byOwner.delete(key.owner)
}

const entry = ({ key, lifetime, token }: TokenStore.StoredToken): TokenStore.StoreEntry => ({
  key,
  lifetime,
  id: token.id,
  organisation: token.organisation,
  scopes: token.scopes
})
