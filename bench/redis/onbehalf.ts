import { Grant, TokenKey } from "@onbehalf/core"
import { monotonicMillis } from "@onbehalf/core/MonotonicClock"
import type { SealOptions } from "@onbehalf/core/TokenSeal"
import { TokenStore } from "@onbehalf/core/TokenStore"
import { fromUrl } from "@onbehalf/store-redis"
import { testToken } from "@onbehalf/store-testkit"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { life } from "../work.ts"
import type { RedisReader } from "./reader.ts"

const account = {
  environment: "sandbox",
  gatekeeperUrl: "https://sandbox.nuapay.com",
  account: "default"
} as const

export const sealKey = Buffer.alloc(32, 1).toString("base64")

/** A busy machine must not drop the connection. */
const timeout = 10_000

/** The store alone, with no tier in front of it. */
export const openStore = async (url: string, options: SealOptions) => {
  const prefix = options.plaintext === true ? "plain:" : "sealed:"
  const runtime = ManagedRuntime.make(fromUrl({ url, prefix, timeout, ...options }))
  const store = await runtime.runPromise(TokenStore)
  const now = monotonicMillis(Effect.runSync(Clock.Clock))
  const tokenFor = (key: TokenKey.TokenKey, text: string) =>
    testToken(key, `id-${key.organisation}`, { issued: now(), life, text })
  return { store, tokenFor, close: () => runtime.dispose() }
}

export const keyOf = (organisation: string): TokenKey.TokenKey =>
  TokenKey.make(
    account,
    Effect.runSync(Grant.forOrganisation(organisation, { scopes: ["admin"], expiresIn: 600 }))
  )

const onbehalf = (name: string, options: SealOptions): RedisReader => ({
  name,
  packageName: "@onbehalf/store-redis",
  open: async (url) => {
    const { close, store, tokenFor } = await openStore(url, options)
    const keys = new Map<string, TokenKey.TokenKey>()
    const known = (key: string) => {
      const made = keys.get(key) ?? keyOf(key)
      keys.set(key, made)
      return made
    }
    return {
      put: (key, text) =>
        Effect.runPromise(
          Effect.flatMap(store.get(known(key)), ({ generation }) =>
            store.put(tokenFor(known(key), text), generation)
          )
        ),
      get: (key) =>
        Effect.runPromise(Effect.map(store.get(known(key)), ({ held }) => held?.token.reveal())),
      close
    }
  }
})

export const onbehalfSealed = onbehalf("onbehalf, sealed", { sealKey })
export const onbehalfPlain = onbehalf("onbehalf, plaintext", { plaintext: true })
