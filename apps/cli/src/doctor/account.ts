/** What can be wrong with settings, key, account and store. */
import { Gatekeeper } from "@onbehalf/core/Gatekeeper"
import { TokenError } from "@onbehalf/core/TokenError"
import { Partner } from "@onbehalf/core/Partner"
import * as TokenSeal from "@onbehalf/core/TokenSeal"
import { TokenStore } from "@onbehalf/core/TokenStore"
import * as Clock from "effect/Clock"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as ClientCertificate from "../configuration/clientCertificate.ts"
import { Configuration } from "../configuration/Configuration.ts"
import * as SealKey from "../configuration/sealKey.ts"
import { exitCode, ofError } from "../exitCode.ts"
import * as Services from "../services.ts"
import { storeFailed } from "../StoreFailed.ts"
import { daysUntil, soon } from "./network.ts"
import { type Finding, failed, failure, ok, orFailed, warning } from "./Finding.ts"

/** Whether the settings can be used. */
export const configuration = Effect.gen(function* () {
  const { folder, profile } = yield* Configuration
  const { environment, origin } = yield* Partner
  return ok(
    "configuration",
    `profile ${profile}, ${environment} at ${origin}, settings in ${folder ?? "the environment only"}`
  )
}).pipe(Effect.provide(Services.partner), orFailed("configuration"))

/** Whether there is an API key, and whether it is kept well. */
export const apiKey = Effect.gen(function* () {
  const found = yield* Effect.flatMap(Configuration, (self) => self.apiKey)
  if (Redacted.value(found.key) === "") {
    return failure(
      "api key",
      "missing: set NUAPAY_API_KEY, or name a file with mode 0600 in api_key_file",
      exitCode.configuration
    )
  }
  return ok("api key", `from ${found.source}`)
}).pipe(Effect.provide(Services.configuration), orFailed("api key"))

/** Whether Nuapay takes the key, from this address. */
export const account = Effect.gen(function* () {
  const gatekeeper = yield* Gatekeeper
  const { totalElements } = yield* gatekeeper.organisations({}, { pageSize: 1 })
  return ok("account", `the API key is accepted; ${totalElements ?? "some"} organisations`)
}).pipe(
  Effect.provide(Services.gatekeeper),
  Effect.catch((error) => Effect.succeed(explainRefusal(error)))
)

const explainRefusal = (error: unknown): Finding => {
  const reason = error instanceof TokenError ? error.reason._tag : ""
  if (reason === "Forbidden") {
    return failure(
      "account",
      "refused with 403: this machine's address may not be on Nuapay's allow-list, or a client certificate is asked for. Ask Nuapay's support",
      ofError(error)
    )
  }
  return failed("account", error)
}

/** Whether there is a client certificate, and whether it can be used. */
export const clientCertificate = Effect.gen(function* () {
  const found = yield* ClientCertificate.clientCertificate
  if (found === undefined) {
    return ok(
      "client certificate",
      "none is sent: right, unless Nuapay's support has set up mutual TLS for your account"
    )
  }
  const days = daysUntil(found.end, yield* Clock.currentTimeMillis)
  const detail = `${found.subject}, good for ${days} days`
  return days < soon
    ? warning("client certificate", `${detail}: ask Nuapay's support how to renew it`)
    : ok("client certificate", detail)
}).pipe(Effect.provide(Services.configuration), orFailed("client certificate"))

/** Whether tokens are kept between two runs. */
export const store = Effect.gen(function* () {
  const { value } = yield* Configuration
  if (value("store") === "memory") {
    return warning("store", "memory: nothing is kept, each run fetches a token of its own")
  }
  const entries = yield* Effect.flatMap(TokenStore, (self) =>
    Effect.mapError(self.entries, storeFailed)
  )
  const kind = value("store") ?? "file"
  const count = entries.length === 1 ? "1 token" : `${entries.length} tokens`
  const whose = kind === "file" ? "; folder and files are yours alone" : ""
  return ok("store", `${kind}, holds ${count}${whose}`)
}).pipe(Effect.provide(Services.store), orFailed("store"))

/** Whether the key that seals them can be used, and where it is. */
export const sealKey = Effect.gen(function* () {
  const { provider, value } = yield* Configuration
  if (value("store") === "memory") return ok("seal key", "none is needed: nothing is kept")
  const key = yield* SealKey.sealKey
  yield* TokenSeal.make({ sealKey: key }).pipe(
    Effect.provideService(ConfigProvider.ConfigProvider, provider)
  )
  return key === undefined
    ? ok("seal key", "from ONBEHALF_SEAL_KEY")
    : ok("seal key", `from ${yield* SealKey.sealKeyFile}, readable by you alone`)
}).pipe(Effect.provide(Services.configuration), orFailed("seal key"))
