/** What users of @onbehalf/simulator write: see `names.ts`. */
import type * as SimulatorIndex from "@onbehalf/simulator"
import type { Contract, Has } from "./names.ts"

/** What tests tell a simulator, in process or as a service. */
type ServiceNames =
  | "addFault"
  | "advanceClock"
  | "apiKey"
  | "apiKeys"
  | "clearFaults"
  | "controlHandler"
  | "counters"
  | "faults"
  | "handler"
  | "merchants"
  | "partner"
  | "removeFault"
  | "replaceApiKey"
  | "requests"
  | "reset"
  | "servicesHandler"

export type OfSimulatorIndex = Contract<
  [
    Has<
      typeof SimulatorIndex,
      | "ConnectionReset"
      | "InvalidOptions"
      | "ListenError"
      | "Simulator"
      | "SimulatorServer"
      | "simulatorApiKey"
      | "simulatorPublicJwk"
      | "startSimulator"
    >,
    Has<SimulatorIndex.ConnectionReset, "_tag" | "carriedOut" | "toJSON">,
    Has<SimulatorIndex.MerchantSummary, "id" | "name" | "status">,
    Has<
      SimulatorIndex.SimulatorControls,
      | "addFault"
      | "advanceClock"
      | "apiKey"
      | "apiKeys"
      | "clearFaults"
      | "counters"
      | "faults"
      | "merchants"
      | "partner"
      | "removeFault"
      | "replaceApiKey"
      | "requests"
      | "reset"
    >,
    Has<SimulatorIndex.ActiveFault, "fault" | "id" | "seen" | "used">,
    Has<
      SimulatorIndex.Fault,
      | "after?"
      | "body?"
      | "bytes?"
      | "chunkBytes?"
      | "contentType?"
      | "data?"
      | "everyMs?"
      | "fields"
      | "headers?"
      | "kind"
      | "location"
      | "match?"
      | "ms"
      | "organisation?"
      | "rateLimitReset?"
      | "retryAfter?"
      | "status"
      | "status?"
      | "times?"
      | "when?"
    >,
    Has<
      SimulatorIndex.SimulatorOptions,
      | "allowedAddresses?"
      | "apiKey?"
      | "applicationTokenSeconds?"
      | "clock?"
      | "errorDetails?"
      | "gatekeeperPrefix?"
      | "ipFiltering?"
      | "maximumBodyBytes?"
      | "merchants?"
      | "organisationPrefix?"
      | "rateLimit?"
      | "revokeUnknown?"
      | "seed?"
    >,
    Has<
      SimulatorIndex.RunningSimulator,
      | "addFault"
      | "advanceClock"
      | "apiKey"
      | "apiKeys"
      | "clearFaults"
      | "close"
      | "controlUrl"
      | "counters"
      | "faults"
      | "fetch"
      | "merchants"
      | "partner"
      | "removeFault"
      | "replaceApiKey"
      | "requests"
      | "reset"
      | "url"
    >,
    Has<SimulatorIndex.InvalidOptions, "_tag" | "problem" | "toJSON">,
    Has<
      SimulatorIndex.LoggedRequest,
      "faults" | "method" | "number" | "operation" | "organisation" | "path" | "status" | "time"
    >,
    Has<SimulatorIndex.ListenError, "_tag" | "code" | "host" | "port" | "toJSON">,
    Has<SimulatorIndex.SimulatorServer, "Service" | "key">,
    Has<SimulatorIndex.SimulatorServer["Service"], "controlUrl" | "port" | "url">,
    Has<SimulatorIndex.ServerOptions, "controlPort?" | "host?" | "port?">,
    Has<SimulatorIndex.Simulator, "Service" | "key">,
    Has<SimulatorIndex.Simulator["Service"], ServiceNames>,
    Has<SimulatorIndex.SimulatorService, ServiceNames>
  ]
>
