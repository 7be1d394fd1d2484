import * as MemoryStore from "@onbehalf/store-memory"
import * as Grant from "@onbehalf/core/Grant"
import * as TokenBroker from "@onbehalf/core/TokenBroker"
import type { TokenError } from "@onbehalf/core/TokenError"
import type { TokenStore } from "@onbehalf/core/TokenStore"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import {
  type Answers,
  layerOf,
  upstream,
  type Upstream
} from "../../packages/core/test/support/upstream.ts"

export interface BrokerOptions extends TokenBroker.TokenBrokerOptions {
  readonly store?: Layer.Layer<TokenStore, TokenError>
}

/** A broker on a fake Nuapay, in memory, on the test's clock. */
export const withBroker = <A, E>(
  answers: Answers,
  use: (
    broker: TokenBroker.TokenBroker["Service"],
    asked: Upstream["asked"]
  ) => Effect.Effect<A, E>,
  { store = MemoryStore.layer(), ...options }: BrokerOptions = {}
) => {
  const nuapay = upstream(answers)
  return TokenBroker.TokenBroker.use((broker) => use(broker, nuapay.asked)).pipe(
    Effect.provide(
      TokenBroker.layer(options).pipe(Layer.provide(Layer.merge(store, layerOf(nuapay.fetch))))
    )
  )
}

/** A grant for the scope `admin`. */
export const grantFor = (organisation: string, expiresIn?: number) =>
  Effect.orDie(Grant.forOrganisation(organisation, { scopes: ["admin"], expiresIn }))
