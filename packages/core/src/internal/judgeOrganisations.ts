import * as Result from "effect/Result"
import { Organisation, type OrganisationPage } from "../Organisation.ts"
import { type Answer, type Asked, type Judged, malformedAnswer } from "./answer.ts"
import { decodeAnswer } from "./decodeAnswer.ts"
import * as Wire from "./wire.ts"

/** One page of `GET /organisations`. */
export const judgeOrganisations = (
  page: { readonly pageNumber: number; readonly pageSize: number },
  answer: Answer,
  asked: Asked
): Judged<OrganisationPage> => {
  return Result.map(decodeAnswer(Wire.OrganisationsEnvelope, 200, answer, asked), (envelope) => ({
    organisations: envelope.data.map(organisation),
    pageNumber: Wire.number(envelope.page?.pageNumber) ?? page.pageNumber,
    pageSize: Wire.number(envelope.page?.pageSize) ?? page.pageSize,
    totalElements: Wire.number(envelope.page?.totalElements),
    totalPages: Wire.number(envelope.page?.totalPages)
  }))
}

/** `GET /organisations/{id}`: that organisation and no other. */
export const judgeOrganisation = (
  id: string,
  answer: Answer,
  asked: Asked
): Judged<Organisation> => {
  return Result.flatMap(
    decodeAnswer(Wire.OrganisationEnvelope, 200, answer, asked),
    (envelope): Judged<Organisation> =>
      envelope.data.id === id
        ? Result.succeed(organisation(envelope.data))
        : Result.fail(malformedAnswer(answer, asked, "about another organisation"))
  )
}

const texts = [
  "parentId",
  "name",
  "status",
  "organisationType",
  "country",
  "vatNumber",
  "customerDefinedReference",
  "registeredNumber",
  "creationDateTime",
  "lastUpdateDateTime"
] as const

const organisation = (data: typeof Wire.OrganisationData.Type): Organisation => {
  const fields: { -readonly [K in (typeof texts)[number]]?: string } = {}
  for (const name of texts) {
    const value = Wire.text(data[name])
    if (value !== undefined) fields[name] = value
  }
  // The specification's schema says `vatNumber`, its examples `vatID`.
  const vatNumber = fields.vatNumber ?? Wire.text(data.vatID)
  return new Organisation({
    ...fields,
    ...(vatNumber === undefined ? {} : { vatNumber }),
    id: data.id
  })
}
