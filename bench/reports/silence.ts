import { count, figure, megabytes, milliseconds, table, text, times } from "../markdown.ts"
import type { SilenceFigures } from "../silence.ts"
import { targetsTable } from "../targets.ts"

export const silenceReport = ({
  heap: [before, during, after],
  otherBefore,
  otherMeanwhile,
  waiters,
  waiting
}: SilenceFigures): ReadonlyArray<string> => [
  `## Nuapay is silent, and ${count(waiting)} connections ask for it`,
  "",
  "They wait for three seconds, get 504, and come again: as many as may wait by default. Beyond, 503 at once. Ten connections ask for another route.",
  "",
  ...table(
    [text(""), figure("a second"), figure("p99")],
    [
      ["another route, nobody waits", ...cells(otherBefore)],
      ["another route, meanwhile", ...cells(otherMeanwhile)],
      [`what needs Nuapay: ${statuses(waiters)}`, ...cells(waiters)]
    ]
  ),
  ...table(
    [text("heap"), figure("")],
    [
      ["before", megabytes(before)],
      ["meanwhile", megabytes(during)],
      ["after", megabytes(after)]
    ]
  ),
  ...targetsTable([
    {
      what: "heap meanwhile, beyond before",
      measured: during - before,
      atMost: 50e6,
      show: megabytes
    },
    { what: "heap after, to before", measured: after / before, atMost: 1.2, show: times },
    {
      what: "another route's p99 meanwhile",
      measured: otherMeanwhile.p99,
      atMost: 100,
      show: milliseconds
    }
  ])
]

const cells = ({ p99, perSecond }: SilenceFigures["waiters"]) => [
  count(Math.round(perSecond)),
  milliseconds(p99)
]

const statuses = ({ statuses: counted }: SilenceFigures["waiters"]): string =>
  Object.entries(counted)
    .filter(([, times_]) => times_ > 0)
    .map(([status, times_]) => `${count(times_)} × ${status}`)
    .join(", ")
