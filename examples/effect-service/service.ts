/** A service of one's own that stands on the broker: how many mandates does a merchant have? */
import { Gatekeeper, Grant, MerchantClient, Partner, TokenBroker } from "@onbehalf/core"
import * as MemoryStore from "@onbehalf/store-memory"
import { Context, Effect, Layer, Schema, Stream } from "effect"
import { FetchHttpClient, type HttpClient, HttpClientResponse } from "effect/http"

const Mandates = Schema.Struct({ data: Schema.Array(Schema.Unknown) })

const make = Effect.gen(function* () {
  const broker = yield* TokenBroker.TokenBroker
  const context = yield* Effect.context<Partner.Partner | HttpClient.HttpClient>()
  const count = Effect.fn("MandateCounter.count")(function* (merchant: string) {
    const grant = yield* Grant.forOrganisation(merchant, { scopes: ["admin"] })
    const client = yield* MerchantClient.make(yield* broker.source(grant))
    const answer = yield* client.get("/mandates")
    return (yield* HttpClientResponse.schemaBodyJson(Mandates)(answer)).data.length
  }, Effect.provide(context))
  return { count }
})

class MandateCounter extends Context.Service<MandateCounter>()("example/MandateCounter", { make }) {
  static readonly layer = Layer.effect(this, this.make)
}

const layer = MandateCounter.layer.pipe(
  Layer.provide(TokenBroker.layer()),
  Layer.provideMerge(Gatekeeper.layer()),
  Layer.provide(MemoryStore.layer()),
  Layer.provide(Layer.merge(Partner.layerConfig, FetchHttpClient.layer))
)

const program = Effect.gen(function* () {
  const gatekeeper = yield* Gatekeeper.Gatekeeper
  const counter = yield* MandateCounter
  const merchants = gatekeeper.allOrganisations({ status: "ACTIVE" }).pipe(Stream.take(3))
  yield* Stream.runForEach(merchants, ({ id, name }) =>
    Effect.flatMap(counter.count(id), (count) => Effect.log(`${name}: ${count} mandates`))
  )
})

await Effect.runPromise(Effect.provide(program, layer))
