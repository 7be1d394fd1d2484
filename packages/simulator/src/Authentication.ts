import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import type { SimulatedOrganisation } from "./Directory.ts"
import type { Model } from "./Model.ts"
import { Refusals, refuse, type Refusal, type Service } from "./Refusal.ts"
import type { TokenRecord } from "./TokenMint.ts"

/** Who calls: with an API key, or with a token that stands for an organisation. */
export interface Caller {
  readonly organisation: SimulatedOrganisation
  /** Absent when the caller used its API key. */
  readonly token: TokenRecord | undefined
}

/** The caller of the request under way. */
export class CurrentCaller extends Context.Service<CurrentCaller, Caller>()(
  "@onbehalf/simulator/Authentication/CurrentCaller"
) {}

/**
 * Establishes {@link CurrentCaller}: 401 for a wrong, expired or revoked credential, 403 for an
 * address that is not allowed, 415 for a body that is not JSON, and 400 or 422 for a request that
 * does not decode.
 */
export class Gate extends HttpApiMiddleware.Service<Gate, { provides: CurrentCaller }>()(
  "@onbehalf/simulator/Authentication/Gate",
  { error: Refusals }
) {}

const credentialOf = (authorization: string | undefined): string | undefined => {
  const [, scheme, value] = /^(basic|bearer) +(\S+)$/i.exec(authorization ?? "") ?? []
  if (scheme === undefined || value === undefined) return undefined
  if (scheme.toLowerCase() === "bearer") return value
  const pair = Buffer.from(value, "base64").toString("utf8")
  // The password is empty: the first colon is the last character.
  return pair.indexOf(":") === pair.length - 1 ? pair.slice(0, -1) : undefined
}

/**
 * Finds out who an `Authorization` header is: Basic with an API key, or with a token, as the user
 * name and an empty password; or Bearer with a token. Nothing when it opens nothing.
 */
export const identify = (
  model: Model,
  authorization: string | undefined,
  now: number
): Caller | undefined => {
  const credential = credentialOf(authorization)
  if (credential === undefined) return undefined
  const isBearer = /^bearer /i.test(authorization ?? "")
  const organisation = isBearer ? undefined : model.apiKeys.owner(credential)
  if (organisation !== undefined) return { organisation, token: undefined }
  const inspection = model.mint.inspect(credential, now)
  return inspection.outcome === "live"
    ? { organisation: inspection.token.requested, token: inspection.token }
    : undefined
}

/** The caller's address without the prefix of an IPv4 address in IPv6; loopback in process. */
export const addressOf = (request: HttpServerRequest.HttpServerRequest): string =>
  Option.getOrElse(request.remoteAddress, () => "127.0.0.1").replace(/^::ffff:/, "")

/** Identifies the caller of a request and checks its address, or refuses. */
export const authenticate = (
  model: Model,
  service: Service
): Effect.Effect<Caller, Refusal<401 | 403>, HttpServerRequest.HttpServerRequest> =>
  Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    const caller = identify(model, request.headers["authorization"], yield* model.now)
    if (caller === undefined) return yield* Effect.fail(refuse(service, 401))
    const allowed = model.settings.allowedAddresses
    const filtered = caller.token?.ipFiltering ?? model.settings.ipFiltering
    if (allowed !== undefined && filtered && !allowed.has(addressOf(request))) {
      return yield* Effect.fail(refuse(service, 403))
    }
    return caller
  })
