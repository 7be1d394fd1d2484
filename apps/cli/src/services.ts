/** What commands work with, made from the settings. A command takes the least that it needs. */
import * as Gatekeeper from "@onbehalf/core/Gatekeeper"
import * as Partner from "@onbehalf/core/Partner"
import * as TokenBroker from "@onbehalf/core/TokenBroker"
import * as MemoryStore from "@onbehalf/store-memory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { BaseUrl, Environment } from "./settings.ts"

/** The partner account: flags before environment. */
const partner = Layer.effect(
  Partner.Partner,
  Effect.gen(function* () {
    return yield* Partner.makeWithEnvironment({
      environment: Option.getOrUndefined(yield* Environment),
      baseUrl: Option.getOrUndefined(yield* BaseUrl)
    })
  })
)

/** The remote API. */
export const gatekeeper = Gatekeeper.layer().pipe(Layer.provideMerge(partner))

/**
 * Tokens for calls on behalf of a merchant. They are for this one process, so they are asked to live just
 * long enough for a call and its repetition.
 */
export const broker = TokenBroker.layer({ expiresIn: 60 }).pipe(
  Layer.provide(MemoryStore.layer()),
  Layer.provideMerge(gatekeeper)
)
