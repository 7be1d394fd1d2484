import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import { ApiKey } from "./ApiKeys.ts"
import { Fault } from "./Faults.ts"
import { Refusals } from "./Refusal.ts"

/** Where the control surface lives; nothing below it is logged, counted or met by faults. */
export const controlPath = "/_simulator"

/** Turns a control request that does not decode into 422 with the error envelope. */
export class ControlGate extends HttpApiMiddleware.Service<ControlGate>()(
  "@onbehalf/simulator/ControlApi/ControlGate",
  { error: Refusals }
) {}

const Merchant = Schema.Struct({ id: Schema.String, name: Schema.String, status: Schema.String })

const Entry = Schema.Struct({
  number: Schema.Int,
  method: Schema.String,
  path: Schema.String,
  operation: Schema.String,
  organisation: Schema.optionalKey(Schema.String),
  status: Schema.optionalKey(Schema.Int),
  faults: Schema.Array(Schema.String),
  time: Schema.Int
})

/** How far the clock is moved at once: milliseconds, a hundred years at most, so that it stays a time. */
export const Advance = Schema.Finite.check(
  Schema.isBetween({ minimum: 0, maximum: 3_155_760_000_000 })
)

const Active = Schema.Struct({
  id: Schema.String,
  fault: Fault,
  used: Schema.Int,
  seen: Schema.Int
})

const State = Schema.Struct({
  seed: Schema.String,
  partner: Merchant,
  now: Schema.Int,
  liveTokens: Schema.Int,
  faults: Schema.Int,
  requests: Schema.Int
})

class Control extends HttpApiGroup.make("control")
  .add(
    HttpApiEndpoint.get("state", "/", { success: State }),
    HttpApiEndpoint.get("merchants", "/merchants", { success: Schema.Array(Merchant) }),
    HttpApiEndpoint.get("faults", "/faults", { success: Schema.Array(Active) }),
    HttpApiEndpoint.post("addFault", "/faults", {
      payload: Fault,
      success: Schema.Struct({ id: Schema.String }).pipe(HttpApiSchema.status(201))
    }),
    HttpApiEndpoint.delete("clearFaults", "/faults"),
    HttpApiEndpoint.delete("removeFault", "/faults/:faultId", {
      params: { faultId: Schema.String },
      error: Refusals
    }),
    HttpApiEndpoint.get("requests", "/requests", {
      query: { operation: Schema.optionalKey(Schema.String) },
      success: Schema.Array(Entry)
    }),
    HttpApiEndpoint.delete("clearRequests", "/requests"),
    HttpApiEndpoint.get("counters", "/counters", {
      success: Schema.Record(Schema.String, Schema.Int)
    }),
    HttpApiEndpoint.put("replaceApiKey", "/api-key", {
      payload: Schema.Struct({ apiKey: ApiKey })
    }),
    HttpApiEndpoint.post("advanceClock", "/clock", {
      payload: Schema.Struct({ advanceMs: Advance })
    }),
    HttpApiEndpoint.post("reset", "/reset")
  )
  .prefix(controlPath)
  .middleware(ControlGate) {}

/** The control surface over HTTP: the same as the methods of a running simulator. */
export class ControlApi extends HttpApi.make("control")
  .add(Control)
  // A misspelt field would be a fault that never ends or matches everything.
  .annotate(HttpApi.PayloadParseOptions, { onExcessProperty: "error" }) {}
