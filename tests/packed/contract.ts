/**
 * What users have written down as types: the names are in `contracts/`, and here is how they are used. It is checked here and against the packed
 * packages, and never run: a line that turns red is a change that breaks somebody's program.
 */
import {
  createTokenBroker,
  type CreateTokenBrokerOptions,
  type GrantHandle,
  Grant,
  type PromiseTokenBroker,
  type Revocation,
  type StoreAdapter,
  TokenBroker,
  TokenError,
  tieredStore,
  type Token
} from "@onbehalf/core"
import type { Gatekeeper } from "@onbehalf/core/Gatekeeper"
import type { Partner } from "@onbehalf/core/Partner"
import type { TokenStore } from "@onbehalf/core/TokenStore"
import "@onbehalf/express/request"
import { OnBehalfError, onBehalf, type OnBehalfMiddleware } from "@onbehalf/express"
import { type RunningSimulator, startSimulator } from "@onbehalf/simulator"
import { fileStore } from "@onbehalf/store-file"
import { memoryStore } from "@onbehalf/store-memory"
import * as MemoryStore from "@onbehalf/store-memory"
import { redisStore } from "@onbehalf/store-redis"
import type { Effect, Layer } from "effect"
import type { Request, RequestHandler } from "express"

export const options: CreateTokenBrokerOptions = {
  apiKey: async () => "key",
  environment: "sandbox",
  expiresIn: 600,
  deadline: 15_000,
  timeout: 5_000,
  concurrency: 32,
  storePolicy: "bypass",
  store: tieredStore({ near: memoryStore({ maximumTokens: 10 }), far: fileStore() })
}
export const stores: ReadonlyArray<StoreAdapter> = [
  memoryStore(),
  fileStore({ directory: "/tmp", plaintext: true }),
  redisStore({ url: "redis://127.0.0.1" })
]
// @ts-expect-error -- a broker needs a store
export const storeless: CreateTokenBrokerOptions = { apiKey: "key" }

export const useBroker = async (): Promise<void> => {
  const broker: PromiseTokenBroker = await createTokenBroker(options)
  const handle: GrantHandle = await broker.forOrganisation("m1", { scopes: ["admin"] })
  const token: Token = await handle.token({ minimumValidity: 1_000, deadline: 1_000 })
  const revocation: Revocation = await broker.revoke(token)
  const id: string = token.id
  const answer: Response = await handle.fetch("/mandates", { method: "POST", body: "{}" })
  console.log(id, revocation.outcome, answer.ok, token.reveal(), token.authorization())
  // @ts-expect-error -- scopes are named by the caller
  await broker.forOrganisation("m1", {})
  // @ts-expect-error -- the text of a token is not a property
  console.log(token.accessToken)
}

export const useErrors = (error: unknown): string => {
  if (!(error instanceof TokenError)) return ""
  const parts: readonly [string, boolean, string, string] = [
    error.code,
    error.retryable,
    error.hint,
    error.documentation
  ]
  return parts.join()
}

export const layer: Layer.Layer<
  TokenBroker.TokenBroker,
  TokenError,
  Gatekeeper | Partner | TokenStore
> = TokenBroker.layer()
export const store: Layer.Layer<TokenStore, TokenError> = MemoryStore.layer()
export const grant: Effect.Effect<Grant.Grant, TokenError> = Grant.own({ scopes: ["admin"] })

export const middleware: OnBehalfMiddleware = onBehalf({
  organisation: async () => "m1",
  scopes: ["admin"],
  store: memoryStore()
})
export const handlers: ReadonlyArray<RequestHandler> = [
  middleware,
  middleware.health,
  middleware.metrics
]
// @ts-expect-error -- who the merchant is has no default
onBehalf({ scopes: ["admin"], store: memoryStore() })
export const merchantOf = (request: Request): string => request.onBehalf.organisationId
export const isOurs = (error: unknown): boolean => error instanceof OnBehalfError

export const simulate = async (): Promise<string> => {
  const simulator: RunningSimulator = await startSimulator({ port: 0, merchants: 3 })
  simulator.addFault({ kind: "status", status: 503, times: 2 })
  return `${simulator.url} ${simulator.apiKey} ${simulator.merchants[0]?.id}`
}
