import { Grant, TokenKey } from "@onbehalf/core"
import { monotonicMillis } from "@onbehalf/core/MonotonicClock"
import { TokenStore } from "@onbehalf/core/TokenStore"
import * as FileStore from "@onbehalf/store-file"
import { testToken } from "@onbehalf/store-testkit"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { tokenFor } from "../work.ts"
import type { FileKeeper } from "./keeper.ts"

const account = {
  environment: "sandbox",
  gatekeeperUrl: "https://sandbox.nuapay.com",
  account: "default"
} as const

const sealKey = Buffer.alloc(32, 1).toString("base64")

const onbehalf = (name: string, options: FileStore.FileStoreOptions): FileKeeper => ({
  name,
  packageName: "@onbehalf/store-file",
  open: async (directory) => {
    const runtime = ManagedRuntime.make(FileStore.layer({ directory, ...options }))
    const store = await runtime.runPromise(TokenStore)
    const now = monotonicMillis(Effect.runSync(Clock.Clock))
    const keys = new Map<string, TokenKey.TokenKey>()
    const keyOf = (key: string): TokenKey.TokenKey => {
      const known = keys.get(key) ?? TokenKey.make(account, Effect.runSync(grantOf(key)))
      keys.set(key, known)
      return known
    }
    const { generation } = await runtime.runPromise(store.get(keyOf("first")))
    const put = (key: string) =>
      store.put(testToken(keyOf(key), key, { issued: now(), text: tokenFor(key) }), generation)
    return {
      fill: (all) =>
        Effect.runPromise(Effect.forEach(all, put, { concurrency: 100, discard: true })),
      put: (key) => Effect.runPromise(put(key)),
      get: (key) =>
        Effect.runPromise(Effect.map(store.get(keyOf(key)), ({ held }) => held?.token.reveal())),
      close: () => runtime.dispose()
    }
  }
})

const grantOf = (organisation: string) =>
  Effect.orDie(Grant.forOrganisation(organisation, { scopes: ["admin"], expiresIn: 600 }))

export const onbehalfSealed = onbehalf("onbehalf, sealed", { sealKey })
export const onbehalfPlain = onbehalf("onbehalf, plaintext", { plaintext: true })
