import { type Row, table, text } from "./markdown.ts"

/** What was promised, and what came of it. */
export interface Target {
  readonly what: string
  readonly measured: number
  readonly atMost: number
  readonly show: (value: number) => string
}

export const targetsTable = (targets: ReadonlyArray<Target>): ReadonlyArray<string> =>
  table(["target", "at most", "measured", "verdict"].map(text), targets.map(targetRow))

const targetRow = ({ atMost, measured, show, what }: Target): Row => [
  what,
  show(atMost),
  show(measured),
  verdict(measured, atMost)
]

/** By how much: in hundredths of the target; all of it where that is nothing. */
const verdict = (measured: number, atMost: number): string => {
  if (measured <= atMost) return "met"
  if (Number.isNaN(measured)) return "**not measured**"
  return atMost === 0 ? "**missed**" : `**missed by ${Math.ceil((measured / atMost - 1) * 100)} %**`
}
