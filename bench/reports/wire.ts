import { count, figure, milliseconds, percent, table, text } from "../markdown.ts"
import type { WireRow } from "../wire.ts"
import { named } from "./rows.ts"

export const wireReport = (rows: ReadonlyArray<WireRow>): ReadonlyArray<string> => {
  const bare = named(rows, "bare Express")
  return [
    "## Requests through a middleware, over the wire",
    "",
    "50 connections on one process, 100 merchants in turn; in parts of what bare Express answers. The A/A row is noise.",
    "",
    ...table(
      [text("middleware"), text("version"), figure("a second"), figure(""), figure("p99")],
      rows.map((row) => [
        row.name,
        row.version,
        count(Math.round(row.perSecond)),
        percent(row.perSecond / bare.perSecond),
        milliseconds(row.p99)
      ])
    )
  ]
}
