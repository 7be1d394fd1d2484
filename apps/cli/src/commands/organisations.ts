/** `onbehalf organisations`: whom the partner may act for. */
import { Gatekeeper } from "@onbehalf/core/Gatekeeper"
import type {
  Organisation,
  OrganisationFilter,
  OrganisationPage
} from "@onbehalf/core/Organisation"
import { defaultRetryPolicy, retry } from "@onbehalf/core/RetryPolicy"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import * as Terminal from "effect/Terminal"
import { jsonArray } from "../output/json.ts"
import { printStream } from "../output/print.ts"
import { say } from "../output/say.ts"
import { makeTable, type TableColumn } from "../output/table.ts"
import * as Services from "../services.ts"
import { UsageError } from "../UsageError.ts"

const columns: ReadonlyArray<TableColumn<Organisation>> = [
  { heading: "ID", cell: ({ id }) => id },
  { heading: "NAME", cell: ({ name }) => name, shrinks: true },
  { heading: "STATUS", cell: ({ status }) => status },
  { heading: "TYPE", cell: ({ organisationType }) => organisationType },
  { heading: "COUNTRY", cell: ({ country }) => country }
]

const filterFlags = {
  name: Flag.String("name").pipe(
    Flag.withMetavar("<text>"),
    Flag.withDescription("Only names with this in them"),
    Flag.optional
  ),
  status: Flag.Literals("status", ["ACTIVE", "PENDING", "DISABLED"]).pipe(
    Flag.withDescription("Only organisations in this state"),
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

const output = Flag.Literals("output", ["table", "json"]).pipe(
  Flag.withDescription("table for people, json for programs: an array (default table)"),
  Flag.withDefault("table")
)

const list = Command.make(
  "list",
  { ...filterFlags, ...pageFlags, output },
  Effect.fnUntraced(function* (given) {
    const filter: OrganisationFilter = {
      name: Option.getOrUndefined(given.name),
      status: Option.getOrUndefined(given.status),
      country: Option.getOrUndefined(given.country),
      recursive: given.recursive
    }
    const gatekeeper = yield* Gatekeeper
    if (given.all) {
      if (Option.isSome(given.page) || Option.isSome(given.pageSize)) {
        return yield* new UsageError({
          message: "--all lists every page: leave out --page and --page-size"
        })
      }
      return yield* printOrganisations(
        gatekeeper
          .allOrganisations(filter)
          .pipe(Stream.orElseIfEmpty(() => Stream.fromEffectDrain(say(noMatch)))),
        given.output
      )
    }
    const page = yield* gatekeeper
      .organisations(filter, {
        pageNumber: Option.getOrUndefined(given.page),
        pageSize: Option.getOrUndefined(given.pageSize)
      })
      .pipe(retry(defaultRetryPolicy))
    yield* printOrganisations(Stream.fromIterable(page.organisations), given.output)
    yield* sayWhatIsLeft(page)
  })
).pipe(
  Command.withDescription("List the organisations that this partner account may act for"),
  Command.withExamples([
    { command: "onbehalf organisations list --name bakery --status ACTIVE" },
    {
      command: "onbehalf organisations list --all --output json | jq -r '.[].id'",
      description: "Every id, for a script"
    }
  ]),
  Command.provide(Services.gatekeeper)
)

/** `onbehalf organisations`. */
export const organisations = Command.make("organisations").pipe(
  Command.withDescription("The organisations of this partner account"),
  Command.withSubcommands([list])
)

const printOrganisations = <E, R>(
  found: Stream.Stream<Organisation, E, R>,
  format: "table" | "json"
) =>
  Effect.gen(function* () {
    if (format === "json") return yield* printStream(jsonArray(found))
    const stdio = yield* Stdio.Stdio
    const terminal = yield* Terminal.Terminal
    const table = makeTable(columns, (yield* stdio.stdoutIsTerminal) ? yield* terminal.columns : 0)
    yield* printStream(Stream.map(Stream.chunks(found), table))
  })

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
