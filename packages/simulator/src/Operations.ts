import * as HttpApi from "effect/http-api/HttpApi"
import type * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import { GatekeeperApi } from "./GatekeeperApi.ts"
import { MerchantApi } from "./MerchantApi.ts"
import type { Settings } from "./Options.ts"
import { OrganisationApi } from "./OrganisationApi.ts"
import type { Service } from "./Refusal.ts"

/** One operation of the simulated services, read off their API definitions. */
export interface Operation {
  readonly name: string
  readonly method: string
  readonly service: Service
  readonly segments: ReadonlyArray<string>
}

/** What a path leads to. */
export interface Found {
  readonly operation: Operation | undefined
  /** The organisation id in the path, decoded. */
  readonly organisation: string | undefined
  /** The methods that the path takes; empty for an unknown path. */
  readonly allowed: ReadonlyArray<string>
}

const read = <Id extends string, Groups extends HttpApiGroup.Constraint>(
  api: HttpApi.HttpApi<Id, Groups>,
  service: Service,
  prefix: string
): ReadonlyArray<Operation> => {
  const operations: Array<Operation> = []
  HttpApi.reflect(api, {
    onGroup: () => {},
    onEndpoint: ({ endpoint }) => {
      operations.push({
        name: endpoint.identifier,
        method: endpoint.method,
        service,
        segments: `${prefix}${endpoint.path}`.split("/")
      })
    }
  })
  return operations
}

const decoded = (segment: string) => {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

const fits = (operation: Operation, path: ReadonlyArray<string>) =>
  operation.segments.length === path.length &&
  operation.segments.every((segment, index) =>
    segment.startsWith(":") ? path[index] !== "" : segment === path[index]
  )

/** Every operation of the three services, below their prefixes. */
export const operationsOf = (settings: Settings): ReadonlyArray<Operation> => [
  ...read(GatekeeperApi, "gatekeeper", settings.gatekeeperPrefix),
  ...read(OrganisationApi, "organisation", settings.organisationPrefix),
  ...read(MerchantApi, "gatekeeper", "")
]

/** Finds the operation of a method and a path without its query. HEAD counts as GET. */
export const findOperation = (
  operations: ReadonlyArray<Operation>,
  method: string,
  path: string
): Found => {
  const segments = path.split("/")
  const candidates = operations.filter((operation) => fits(operation, segments))
  const wanted = method === "HEAD" ? "GET" : method
  const at = candidates[0]?.segments.indexOf(":organisationId") ?? -1
  const organisation = segments[at]
  return {
    operation: candidates.find((operation) => operation.method === wanted),
    organisation: organisation === undefined ? undefined : decoded(organisation),
    allowed: candidates.map((operation) => operation.method)
  }
}
