import { readFileSync } from "node:fs"
import { cpus } from "node:os"
import type { FiberFigures } from "./fiber.ts"
import type { MemoryFigures } from "./memory.ts"
import { peers } from "./peers/index.ts"
import { merchants, type RenewalFigures } from "./renewal.ts"
import { callers, distance, type StampedeFigures } from "./stampede.ts"
import { sizes, type WarmFigures } from "./warm.ts"

export interface Figures {
  readonly warm: WarmFigures
  readonly fiber: ReadonlyArray<FiberFigures>
  readonly stampede: StampedeFigures
  readonly memory: MemoryFigures
  readonly renewal: RenewalFigures
}

export const report = (figures: Figures): string =>
  [
    "# Results",
    "",
    `One run of \`pnpm bench\` on Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? "?"}. Ratios are of`,
    "medians, taken side by side in rounds; a shared machine moves the absolute figures more than the ratios.",
    "",
    ...warmTable(figures.warm),
    ...fiberTable(figures.fiber),
    ...stampedeTable(figures.stampede),
    ...memoryTable(figures.memory),
    ...renewalTable(figures.renewal)
  ].join("\n")

const verdict = (isMet: boolean): string => (isMet ? "met" : "**missed**")
const nanos = (value: number | undefined): string =>
  value === undefined
    ? "–"
    : value < 1_000
      ? `${value.toFixed(0)} ns`
      : `${(value / 1_000).toFixed(1)} µs`

const versionOf = (name: string | undefined): string => {
  if (name === undefined || name.startsWith("@onbehalf/")) return ""
  const path = new URL(`./node_modules/${name}/package.json`, import.meta.url)
  return (JSON.parse(readFileSync(path, "utf8")) as { readonly version: string }).version
}

const warmTable = (warm: WarmFigures): ReadonlyArray<string> => {
  const at = (name: string, size: number) => warm.get(name)?.get(size)
  const ratio = (name: string, limit: string, size: number) =>
    (at(name, size) ?? Number.NaN) / (at(limit, size) ?? Number.NaN)
  const targets = sizes.flatMap((size) => {
    const peek = ratio("onbehalf peek", "Map with expiry check", size)
    const token = ratio("onbehalf token()", "Map with expiry check, awaited", size)
    const ahead = peers
      .slice(4)
      .every((peer) => (at(peer.name, size) ?? Infinity) > (at("onbehalf token()", size) ?? 0))
    return [
      `- ${size} held: \`peek\` ${peek.toFixed(2)}× the look-up (at most 2): ${verdict(peek <= 2)}; \`token()\` ` +
        `${token.toFixed(2)}× the awaited one (at most 1.5): ${verdict(token <= 1.5)}; ahead of every peer: ${verdict(ahead)}`
    ]
  })
  return [
    "## A valid token, by tokens held",
    "",
    `| | version | ${sizes.join(" | ")} |`,
    "|---|---|--:|--:|--:|",
    ...peers.map(
      ({ name, packageName }) =>
        `| ${name} | ${versionOf(packageName)} | ${sizes.map((size) => nanos(at(name, size))).join(" | ")} |`
    ),
    "",
    ...targets,
    ""
  ]
}

const fiberTable = (fiber: ReadonlyArray<FiberFigures>): ReadonlyArray<string> => [
  "## In a fiber",
  "",
  "| held | `yield*` of a look-up | `yield*` of `source.token()` | ratio | at most 1.3 |",
  "|--:|--:|--:|--:|---|",
  ...fiber.map(({ lookUp, size, token }) => {
    const ratio = token / lookUp
    return `| ${size} | ${nanos(lookUp)} | ${nanos(token)} | ${ratio.toFixed(2)} | ${verdict(ratio <= 1.3)} |`
  }),
  ""
]

const stampedeTable = ({ onbehalf, requests, shared }: StampedeFigures): ReadonlyArray<string> => [
  `## ${callers} callers on a cold key, the upstream ${distance} ms away`,
  "",
  `A shared promise by hand ${shared.toFixed(1)} ms, onbehalf ${onbehalf.toFixed(1)} ms: ` +
    `${(onbehalf / shared).toFixed(2)}× (at most 1.3): ${verdict(onbehalf / shared <= 1.3)}. Requests: ${requests} ` +
    `(exactly 1): ${verdict(requests === 1)}.`,
  ""
]

const memoryTable = ({ perToken, tokenBytes }: MemoryFigures): ReadonlyArray<string> => {
  const most = 1.3 * tokenBytes + 400
  return [
    "## Memory",
    "",
    `A token of ${tokenBytes} bytes takes ${perToken.toFixed(0)} bytes of heap, with its handle (at most 1.3× + 400 = ` +
      `${most.toFixed(0)}): ${verdict(perToken <= most)}.`,
    ""
  ]
}

const renewalTable = (figures: RenewalFigures): ReadonlyArray<string> => [
  `## ${merchants} merchants with ten-second tokens, each asked for once a second`,
  "",
  `${figures.seconds} s, ${(figures.requests / figures.seconds).toFixed(0)} renewals a second: ` +
    `${(figures.cpu * 100).toFixed(1)} % of a core (at most 2): ${verdict(figures.cpu <= 0.02)}; ` +
    `${(figures.heap / 1e6).toFixed(1)} MB of heap (at most 25): ${verdict(figures.heap <= 25e6)}; ` +
    `calls that found nothing valid: ${figures.missed} (0): ${verdict(figures.missed === 0)}.`,
  ""
]
