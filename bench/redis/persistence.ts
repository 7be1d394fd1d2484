import * as NodeRedis from "@effect/platform-node/NodeRedis"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import * as Persistable from "effect/persistence/Persistable"
import * as Persistence from "effect/persistence/Persistence"
import { life } from "../work.ts"
import { keptFor, type RedisReader } from "./reader.ts"

class KeptRequest extends Persistable.Class<{
  readonly payload: { readonly key: string }
}>()("KeptRequest", {
  primaryKey: ({ key }) => key,
  success: Schema.Struct({
    id: Schema.String,
    organisation: Schema.String,
    scopes: Schema.Array(Schema.String),
    token: Schema.String
  })
}) {}

export const persistence: RedisReader = {
  name: "Effect Persistence",
  packageName: "effect",
  open: async (url) => {
    const layer = Persistence.layerRedis.pipe(Layer.provide(NodeRedis.layer({ url })))
    const runtime = ManagedRuntime.make(layer)
    const store = await runtime.runPromise(
      Persistence.Persistence.use((persistence) =>
        persistence.make({ storeId: "tokens", timeToLive: () => life })
      ).pipe(Scope.provide(Scope.makeUnsafe()))
    )
    return {
      put: (key, text) =>
        Effect.runPromise(store.set(new KeptRequest({ key }), Exit.succeed(keptFor(key, text)))),
      get: async (key) => {
        const exit = await Effect.runPromise(store.get(new KeptRequest({ key })))
        return exit !== undefined && Exit.isSuccess(exit) ? exit.value.token : undefined
      },
      close: () => runtime.dispose()
    }
  }
}
