import { count, times } from "../markdown.ts"
import { type Target, targetsTable } from "../targets.ts"
import type { WarmFigures } from "../warm.ts"
import { sizes } from "../work.ts"
import { at, held, named, ratioAt, sizedTable, type SizedRow } from "./rows.ts"

export const warmReport = ({ promises, values }: WarmFigures): ReadonlyArray<string> => {
  const lookUp = named(values, "Map with expiry check")
  const awaited = named(promises, "Map with expiry check, awaited")
  const peek = named(values, "onbehalf peek")
  const token = named(promises, "onbehalf token()")
  return [
    "## A valid token for a key, by tokens held",
    "",
    "One call, and in multiples of the look-up; where promises are given, of the awaited look-up.",
    "",
    ...sizedTable("a value", values, lookUp),
    ...sizedTable("a promise", promises, awaited),
    ...targetsTable([
      ...sizes.flatMap((_, index) => [
        againstLimit("`peek`", peek, lookUp, index, 2),
        againstLimit("`token()`", token, awaited, index, 1.5),
        againstPeers(token, promises, index)
      ]),
      flat("`peek`", peek, lookUp),
      flat("`token()`", token, awaited)
    ])
  ]
}

const againstLimit = (
  what: string,
  row: SizedRow,
  limit: SizedRow,
  index: number,
  atMost: number
): Target => ({
  what: `${held(index)}: ${what} to the look-up`,
  measured: ratioAt(row, limit, index),
  atMost,
  show: times
})

const againstPeers = (
  token: SizedRow,
  promises: ReadonlyArray<SizedRow>,
  index: number
): Target => {
  const peers = promises.filter(
    ({ name, nanoseconds, version }) =>
      version !== "" && !name.startsWith("onbehalf") && nanoseconds[index] !== null
  )
  const fastest = peers.reduce((best, peer) => (at(peer, index) < at(best, index) ? peer : best))
  return {
    what: `${held(index)}: \`token()\` to the fastest peer, ${fastest.name}`,
    measured: ratioAt(token, fastest, index),
    atMost: 1,
    show: times
  }
}

/** Growth that the look-up has as well is the machine's cache; more than twice that is not. */
const flat = (what: string, row: SizedRow, limit: SizedRow): Target => {
  const last = sizes.length - 1
  const growth = (of: SizedRow) => at(of, last) / at(of, 0)
  return {
    what:
      `flat: growth of ${what} from ${count(sizes[0])} to ${held(last)}, ${times(growth(row))}, ` +
      `to the look-up's, ${times(growth(limit))}`,
    measured: growth(row) / growth(limit),
    atMost: 2,
    show: times
  }
}
