import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import { Gate } from "./Authentication.ts"
import {
  ApplicationTokenRequest,
  envelope,
  RevokedCount,
  TokenData,
  TokenRequest
} from "./internal/wire.ts"
import { Refusals } from "./Refusal.ts"

const organisation = { organisationId: Schema.String }
const token = { tokenId: Schema.String }
const created = envelope(TokenData).pipe(HttpApiSchema.status(201))

class Tokens extends HttpApiGroup.make("tokens")
  .add(
    HttpApiEndpoint.post("requestTokenForOrganisation", "/organisations/:organisationId/tokens", {
      params: organisation,
      payload: TokenRequest,
      success: created,
      error: Refusals
    }),
    HttpApiEndpoint.post(
      "requestApplicationTokenForOrganisation",
      "/organisations/:organisationId/applications/tokens",
      { params: organisation, payload: ApplicationTokenRequest, success: created, error: Refusals }
    ),
    HttpApiEndpoint.post(
      "revokeTokensForOrganisation",
      "/organisations/:organisationId/tokens/revoke",
      { params: organisation, success: envelope(RevokedCount), error: Refusals }
    ),
    HttpApiEndpoint.post(
      "revokeTokenForOrganisation",
      "/organisations/:organisationId/tokens/:tokenId/revoke",
      { params: { ...organisation, ...token }, success: envelope(TokenData), error: Refusals }
    ),
    HttpApiEndpoint.post("requestToken", "/tokens", {
      payload: TokenRequest,
      success: created,
      error: Refusals
    }),
    HttpApiEndpoint.post("requestApplicationToken", "/applications/tokens", {
      payload: ApplicationTokenRequest,
      success: created,
      error: Refusals
    }),
    HttpApiEndpoint.post("revokeTokens", "/tokens/revoke", {
      success: envelope(RevokedCount),
      error: Refusals
    }),
    HttpApiEndpoint.post("revokeToken", "/tokens/:tokenId/revoke", {
      params: token,
      success: envelope(TokenData),
      error: Refusals
    })
  )
  .middleware(Gate) {}

/**
 * The Gatekeeper's eight token operations, below the `gatekeeperPrefix`.
 *
 * Source: Nuapay's Gatekeeper specification 3.3.0.
 */
export class GatekeeperApi extends HttpApi.make("gatekeeper").add(Tokens) {}
