import { AccessToken, TokenId } from "@onbehalf/core"
import * as Gatekeeper from "@onbehalf/core/Gatekeeper"
import * as Grant from "@onbehalf/core/Grant"
import * as Partner from "@onbehalf/core/Partner"
import * as TokenBroker from "@onbehalf/core/TokenBroker"
import * as MemoryStore from "@onbehalf/store-memory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { mintText } from "./work.ts"

let minted = 0

/** A token as it comes out of an answer, with a text of its own: the same would be the same token. */
export const mint = (organisation: string): AccessToken => {
  const id = `${organisation}-${minted++}`
  return new AccessToken({
    id: TokenId.make(id),
    organisation,
    scopes: ["admin"],
    resourceId: undefined,
    value: Redacted.make(mintText(id))
  })
}

/**
 * Nuapay without HTTP: what is measured is the broker, not JSON.
 *
 * @param life milliseconds that its tokens live
 */
export const gatekeeperLayer = (
  life: number,
  onRequest: () => void = () => undefined
): Layer.Layer<Gatekeeper.Gatekeeper> =>
  Layer.mock(Gatekeeper.Gatekeeper, {
    requestToken: (grant) =>
      Effect.sync(() => {
        onRequest()
        return { token: mint(Grant.organisationOf(grant) ?? ""), life }
      })
  })

export const brokerLayer = (life: number, onRequest?: () => void) =>
  TokenBroker.layer({ expiresIn: life / 1000 }).pipe(
    Layer.provide(gatekeeperLayer(life, onRequest)),
    Layer.provide(MemoryStore.layer()),
    Layer.provide(Partner.layer({ apiKey: Redacted.make("bench") }))
  )

export const sourcesFor = (keys: ReadonlyArray<string>) =>
  Effect.flatMap(TokenBroker.TokenBroker, (broker) =>
    Effect.forEach(keys, (key) =>
      Effect.flatMap(Grant.forOrganisation(key, { scopes: ["admin"] }), broker.source)
    )
  )
