import { figure, nanoseconds, table, text, times } from "../markdown.ts"
import type { AddedRow } from "../middleware.ts"
import { targetsTable } from "../targets.ts"
import { named } from "./rows.ts"

export const middlewareReport = (rows: ReadonlyArray<AddedRow>): ReadonlyArray<string> => {
  const map = named(rows, "Map by hand")
  const against = (what: string, name: string, limit: string) => ({
    what: `${what} to the ${limit}`,
    measured: added(named(rows, name)) / added(named(rows, limit)),
    atMost: 1.5,
    show: times
  })
  return [
    "## What a middleware adds to a request, in process",
    "",
    "Beyond bare Express, whose own requests take turns with it; and in multiples of the Map by hand. The A/A row is noise.",
    "",
    ...table(
      [
        text("middleware"),
        text("version"),
        figure("adds"),
        figure(""),
        figure("half of all pairs")
      ],
      rows.map((row) => [
        row.name,
        row.version,
        nanoseconds(added(row)),
        times(added(row) / added(map)),
        `${nanoseconds(row.quartiles[0])} – ${nanoseconds(row.quartiles[2])}`
      ])
    ),
    ...targetsTable([
      against("token not used,", "onbehalf, token not used", "Map by hand"),
      against("token used,", "onbehalf, token used", "Map by hand, awaited")
    ])
  ]
}

const added = ({ quartiles: [, middle] }: AddedRow): number => middle
