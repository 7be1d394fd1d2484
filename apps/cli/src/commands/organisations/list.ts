/** `onbehalf organisations list`. */
import { Gatekeeper } from "@onbehalf/core/Gatekeeper"
import {
  organisationId,
  type OrganisationFilter,
  type OrganisationPage
} from "@onbehalf/core/Organisation"
import { defaultRetryPolicy, retry } from "@onbehalf/core/RetryPolicy"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { listFormat, printList } from "../../output/list.ts"
import { counted, waiting } from "../../output/progress.ts"
import { say } from "../../output/say.ts"
import * as Services from "../../services.ts"
import { UsageError } from "../../UsageError.ts"
import { organisationList } from "./organisationList.ts"

const text = (name: string, description: string) =>
  Flag.String(name).pipe(
    Flag.withMetavar("<text>"),
    Flag.withDescription(description),
    Flag.optional
  )

const filterFlags = {
  name: text("name", "Only names with this in them"),
  reference: text("reference", "Only the one with this customer-defined reference"),
  vatNumber: text("vat-number", "Only the one with this VAT number"),
  status: Flag.Literals("status", ["ACTIVE", "PENDING", "DISABLED"]).pipe(
    Flag.withDescription("Only organisations in this state"),
    Flag.optional
  ),
  type: Flag.Literals("type", ["PARTNER_GROUP", "PARTNER", "MERCHANT"]).pipe(
    Flag.withDescription("Only organisations of this type"),
    Flag.optional
  ),
  country: Flag.String("country").pipe(
    Flag.filterMap(
      (code) =>
        /^[a-z]{2}$/i.test(code) ? Option.some(code.toUpperCase()) : Option.none<string>(),
      () => "two letters, such as IE (ISO 3166)"
    ),
    Flag.withMetavar("<code>"),
    Flag.withDescription("Only this country: two letters, such as IE"),
    Flag.optional
  ),
  id: Flag.String("id").pipe(
    Flag.withMetavar("<id>"),
    Flag.withDescription("Only this organisation; may be repeated"),
    Flag.atLeast(0)
  ),
  recursive: Flag.Boolean("recursive").pipe(
    Flag.withDescription("The whole hierarchy instead of one level"),
    Flag.withDefault(false)
  )
}

const pageFlags = {
  page: Flag.Int("page").pipe(
    Flag.withDescription("Which page, from 1 (default 1)"),
    Flag.optional
  ),
  pageSize: Flag.Int("page-size").pipe(
    Flag.withDescription("Organisations on a page, 1 to 100 (default 20)"),
    Flag.optional
  ),
  all: Flag.Boolean("all").pipe(
    Flag.withDescription("Every page, each printed as it arrives"),
    Flag.withDefault(false)
  )
}

/** `onbehalf organisations list`. */
export const list = Command.make(
  "list",
  { ...filterFlags, ...pageFlags, output: listFormat },
  Effect.fnUntraced(function* (given) {
    const filter: OrganisationFilter = {
      name: Option.getOrUndefined(given.name),
      customerDefinedReference: Option.getOrUndefined(given.reference),
      vatNumber: Option.getOrUndefined(given.vatNumber),
      status: Option.getOrUndefined(given.status),
      organisationType: Option.getOrUndefined(given.type),
      country: Option.getOrUndefined(given.country),
      // An empty one, as of a variable that is not set, may filter nothing at all.
      organisationIds: yield* Effect.forEach(given.id, organisationId),
      recursive: given.recursive
    }
    const gatekeeper = yield* Gatekeeper
    if (given.all) {
      if (Option.isSome(given.page) || Option.isSome(given.pageSize)) {
        return yield* new UsageError({
          message: "--all lists every page: leave out --page and --page-size"
        })
      }
      const found = yield* counted("organisations")(gatekeeper.allOrganisations(filter))
      const orWord = Stream.orElseIfEmpty(found, () => Stream.fromEffectDrain(say(noMatch)))
      return yield* printList(organisationList, orWord, given.output)
    }
    const page = yield* gatekeeper
      .organisations(filter, {
        pageNumber: Option.getOrUndefined(given.page),
        pageSize: Option.getOrUndefined(given.pageSize)
      })
      .pipe(retry(defaultRetryPolicy), waiting("waiting for Nuapay"))
    yield* printList(organisationList, Stream.fromIterable(page.organisations), given.output)
    yield* sayWhatIsLeft(page)
  }, Effect.scoped)
).pipe(
  Command.withDescription("List the organisations that this partner account may act for"),
  Command.withExamples([
    { command: "onbehalf organisations list --name bakery --status ACTIVE" },
    {
      command: "onbehalf organisations list --all --output json | jq -r '.[].id'",
      description: "Every id, for a script"
    },
    {
      command: "onbehalf organisations list --all --recursive --output csv > organisations.csv",
      description: "The whole hierarchy, for a spreadsheet"
    }
  ]),
  Command.provide(Services.gatekeeper)
)

const noMatch = "no organisation matches"

const sayWhatIsLeft = ({
  organisations: shown,
  pageNumber,
  pageSize,
  totalElements,
  totalPages
}: OrganisationPage) => {
  const pages = totalPages === undefined ? "" : ` of ${totalPages}`
  if (shown.length === 0) {
    return say(pageNumber > 1 ? `page ${pageNumber}${pages} is empty` : noMatch)
  }
  const more = totalPages === undefined ? shown.length >= pageSize : pageNumber < totalPages
  const total = totalElements === undefined ? "" : ` (${totalElements} organisations)`
  return more
    ? say(
        `page ${pageNumber}${pages}${total}; --page ${pageNumber + 1} for the next, --all for all`
      )
    : Effect.void
}
