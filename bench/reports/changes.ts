import type { ChangesRow } from "../changes.ts"
import { figure, nanoseconds, table, text } from "../markdown.ts"
import { listeners } from "../redis/changes.ts"

export const changesReport = (rows: ReadonlyArray<ChangesRow>): ReadonlyArray<string> => [
  "## How a change in Redis reaches the others",
  "",
  `One process changes tokens of 1 KB that ${listeners} others hold; each of them looks it up before. Redis's time is that of all this.`,
  "",
  ...table(
    [
      text("told by"),
      figure("heard after, median"),
      figure("p99"),
      figure("Redis's time a change"),
      text("who has read nothing")
    ],
    rows.map(({ median, name, p99, tellsAll, time }) => [
      name,
      nanoseconds(median * 1e6),
      nanoseconds(p99 * 1e6),
      nanoseconds(time * 1e3),
      tellsAll ? "is told" : "is not told"
    ])
  )
]
