import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Types from "effect/Types"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as HttpApiError from "effect/http-api/HttpApiError"
import { ControlApi, ControlGate } from "../ControlApi.ts"
import type { SimulatedOrganisation } from "../Directory.ts"
import type { Model } from "../Model.ts"
import { refuse, type Refusal } from "../Refusal.ts"
import type { LoggedRequest } from "../RequestLog.ts"

const service = "gatekeeper"

/** What is shown of an organisation where a list of them is enough. */
export const summary = ({ id, name, status }: SimulatedOrganisation) => ({ id, name, status })

const shown = ({ organisation, status, ...entry }: LoggedRequest) => ({
  ...entry,
  ...(organisation === undefined ? {} : { organisation }),
  ...(status === undefined ? {} : { status })
})

/** The one implementation of {@link ControlGate}. */
export const controlGateLayer: Layer.Layer<ControlGate> = Layer.succeed(ControlGate, (httpEffect) =>
  Effect.catch(httpEffect, (error): Effect.Effect<never, Types.unhandled | Refusal<422>> => {
    if (!HttpApiError.HttpApiSchemaError.is(error)) return Effect.fail(error)
    const isOurs = error.kind === "Body" || error.kind === "ResponseHeaders"
    if (isOurs) return Effect.die(error)
    const description = error.cause.message.slice(0, 500)
    return Effect.fail(refuse(service, 422, [{ code: "CONTROL", description }]))
  })
)

/** Handlers of the control surface. */
export const controlHandlers = (model: Model) =>
  HttpApiBuilder.group(ControlApi, "control", (handlers) =>
    handlers.handleAll({
      state: () =>
        Effect.map(model.now, (now) => ({
          seed: model.settings.seed,
          partner: summary(model.directory.partner),
          now,
          liveTokens: model.mint.live(now),
          faults: model.faults.active().length,
          requests: model.log.entries().length
        })),
      merchants: () => Effect.succeed(model.directory.merchants.map(summary)),
      faults: () => Effect.succeed(model.faults.active()),
      addFault: ({ payload }) => Effect.sync(() => ({ id: model.faults.add(payload) })),
      clearFaults: () => Effect.sync(model.faults.clear),
      removeFault: ({ params }) =>
        Effect.suspend(() =>
          model.faults.remove(params.faultId) ? Effect.void : Effect.fail(refuse(service, 404))
        ),
      requests: ({ query }) =>
        Effect.sync(() =>
          model.log
            .entries()
            .filter((entry) => query.operation === undefined || entry.operation === query.operation)
            .map(shown)
        ),
      clearRequests: () => Effect.sync(model.log.clear),
      counters: () => Effect.sync(model.log.counters),
      replaceApiKey: ({ payload }) => Effect.sync(() => model.apiKeys.replace(payload.apiKey)),
      advanceClock: ({ payload }) => Effect.sync(() => model.advance(payload.advanceMs)),
      reset: () => Effect.sync(model.reset)
    })
  )
