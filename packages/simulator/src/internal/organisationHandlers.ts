import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import type { SimulatedOrganisation } from "../Directory.ts"
import type { Model } from "../Model.ts"
import { OrganisationApi } from "../OrganisationApi.ts"
import { refuse } from "../Refusal.ts"
import { paginate } from "./paging.ts"
import { partners, permit } from "./permit.ts"

const service = "organisation"
const readScope = "organisation_admin_read"

const organisationData = ({ parentId, ...one }: SimulatedOrganisation) => ({
  ...one,
  ...(parentId === undefined ? {} : { parentId }),
  uri: `/organisations/${one.id}`,
  vatID: one.vatNumber,
  links: [{ resourceType: "openbanking", uri: `/tpp/organisations/${one.id}/config` }]
})

/** Handlers of the organisation service's two operations. */
export const organisationHandlers = (model: Model) =>
  HttpApiBuilder.group(OrganisationApi, "organisations", (handlers) =>
    handlers.handleAll({
      listOrganisations: ({ query }) =>
        Effect.flatMap(permit(service, partners(readScope)), ({ organisation }) =>
          paginate(
            service,
            "/organisations",
            model.directory
              .list(organisation.id, {
                name: query.name,
                customerDefinedReference: query.customerdefinedreference,
                recursive: query.recursive === "true",
                vatNumber: query.vatnumber,
                country: query.country,
                status: query.status,
                ids: query.organisationid,
                organisationType: query.organisationtype
              })
              .map(organisationData),
            query
          )
        ),
      retrieveOrganisation: ({ params }) =>
        Effect.flatMap(
          permit(service, { ...partners(readScope), MERCHANT: readScope }),
          ({ organisation }) => {
            const found = model.directory.get(params.organisationId)
            return found === undefined || !model.directory.isWithin(organisation.id, found.id)
              ? Effect.fail(refuse(service, 404))
              : Effect.succeed({
                  uri: `/organisations/${found.id}`,
                  data: organisationData(found)
                })
          }
        )
    })
  )
