import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as Schema from "effect/Schema"
import { Gate } from "./Authentication.ts"
import { envelope, list, OrganisationData, pageQuery } from "./internal/wire.ts"
import { Refusals } from "./Refusal.ts"

const optional = Schema.optionalKey

class Organisations extends HttpApiGroup.make("organisations")
  .add(
    HttpApiEndpoint.get("listOrganisations", "/organisations", {
      query: {
        name: optional(Schema.String),
        customerdefinedreference: optional(Schema.String),
        recursive: optional(Schema.Literals(["true", "false"])),
        vatnumber: optional(Schema.String),
        country: optional(Schema.String.check(Schema.isPattern(/^[A-Z]{2}$/))),
        status: optional(Schema.Literals(["ACTIVE", "PENDING", "DISABLED"])),
        organisationid: optional(Schema.Array(Schema.String)),
        organisationtype: optional(Schema.Literals(["PARTNER_GROUP", "PARTNER", "MERCHANT"])),
        ...pageQuery
      },
      success: list(OrganisationData),
      error: Refusals
    }),
    HttpApiEndpoint.get("retrieveOrganisation", "/organisations/:organisationId", {
      params: { organisationId: Schema.String },
      success: envelope(OrganisationData),
      error: Refusals
    })
  )
  .middleware(Gate) {}

/**
 * The organisation service's two read operations, below the `organisationPrefix`.
 *
 * Source: Nuapay's organisation service specification 1.17.2.
 */
export class OrganisationApi extends HttpApi.make("organisation").add(Organisations) {}
