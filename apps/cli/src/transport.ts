/** The connection to Nuapay: the platform's own, or one that shows a client certificate. */
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import { clientCertificate } from "./configuration/clientCertificate.ts"

/** As the settings have it. */
export const layer = Layer.unwrap(
  Effect.gen(function* () {
    const certificate = yield* clientCertificate
    if (certificate === undefined) {
      return Layer.effect(HttpClient.HttpClient, HttpClient.HttpClient)
    }
    // Loaded by those alone who have one.
    const mutualTls = yield* Effect.promise(() => import("./mutualTls.ts"))
    return mutualTls.layer(certificate)
  })
)
