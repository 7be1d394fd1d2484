import { count, figure, megabytes, percent, type Row, table, text, times } from "../markdown.ts"
import { atOnce, lengths, type ReaderRow, type RedisFigures } from "../redis.ts"
import { type FleetFigures, fleetSize } from "../redis/fleet.ts"
import { callersEach, distance, reached, stampeding } from "../redis/processes.ts"
import { type Target, targetsTable } from "../targets.ts"
import { named } from "./rows.ts"

export const redisReport = (figures: RedisFigures): ReadonlyArray<string> => [
  ...readersReport(figures.readers),
  ...processesReport(figures),
  ...fleetsReport(figures.fleets),
  ...targetsTable(targets(figures))
]

const rateAt = (row: ReaderRow, index: number): number => row.rates[index] ?? Number.NaN

const readersReport = (rows: ReadonlyArray<ReaderRow>): ReadonlyArray<string> => {
  const limit = named(rows, "node-redis, GET + JSON.parse")
  const cells = (row: ReaderRow): Row =>
    lengths.flatMap((_, index) => [
      count(Math.round(rateAt(row, index))),
      times(rateAt(row, index) / rateAt(limit, index))
    ])
  return [
    "## Tokens shared through Redis",
    "",
    `Reads a second, ${atOnce} at once, each from Redis: no tier in front. In multiples of node-redis with \`JSON.parse\`.`,
    "The script by hand gives what a store is asked for in one step (the token, its organisation's generation, what is left",
    "of its life, and whose answer it is), and seals nothing.",
    "",
    ...table(
      [
        text(""),
        text("version"),
        ...lengths.flatMap((length) => [figure(`${count(length)} characters`), figure("")])
      ],
      rows.map((row) => [row.name, row.version, ...cells(row)])
    )
  ]
}

const millis = (value: number): string => `${value.toFixed(1)} ms`

const processesReport = ({ reach, stampede, trips }: RedisFigures): ReadonlyArray<string> =>
  table(
    [text("between processes"), figure("measured")],
    [
      ["round trips of a look", count(trips.look)],
      ["round trips of a fetch", count(trips.fetch)],
      [
        `${stampeding} processes of ${callersEach} callers, upstream ${distance} ms away: a lock by hand`,
        millis(stampede.lock)
      ],
      ["and the broker", millis(stampede.broker)],
      [
        `handed out by ${reached - 1} other processes after a revocation returned: median`,
        millis(reach.median)
      ],
      ["and p99", millis(reach.p99)]
    ]
  )

const fleetsReport = (fleets: ReadonlyArray<FleetFigures>): ReadonlyArray<string> => [
  `Ten-second tokens of 7 KB, each asked for once a second in each of ${fleetSize} processes, for ${fleets[0]?.seconds} s. The fewest`,
  "requests are one for each merchant whenever its renewal is due. CPU in parts of one core; the machine has two,",
  "for the processes, Redis, and the upstream's stand-in, which lives in the processes.",
  "",
  ...table(
    [
      figure("merchants"),
      figure("requests"),
      figure("the fewest"),
      figure("CPU of a process"),
      figure("CPU of all, a request"),
      figure("heap"),
      figure("resident"),
      figure("calls"),
      figure("that waited"),
      figure("refused")
    ],
    fleets.map((fleet) => [
      count(fleet.merchants),
      count(fleet.requests),
      count(Math.round(fleet.fewest)),
      percent(fleet.cpu),
      millis((fleet.cpu * fleetSize * fleet.seconds * 1_000) / fleet.requests),
      megabytes(fleet.heapUsed),
      megabytes(fleet.rss),
      count(fleet.calls),
      count(fleet.waited),
      count(fleet.refused)
    ])
  )
]

const fleetTargets = (fleet: FleetFigures): ReadonlyArray<Target> => {
  const of = `${count(fleet.merchants)} merchants`
  return [
    {
      what: `${of}: requests to the fewest`,
      measured: fleet.requests / fleet.fewest,
      atMost: 1.1,
      show: times
    },
    { what: `${of}: calls that waited`, measured: fleet.waited, atMost: 0, show: count },
    { what: `${of}: calls that were refused`, measured: fleet.refused, atMost: 0, show: count }
  ]
}

const targets = ({
  fleets,
  readers,
  reach,
  stampede,
  trips
}: RedisFigures): ReadonlyArray<Target> => {
  const [limit, sealed] = [
    named(readers, "node-redis, GET + JSON.parse"),
    named(readers, "onbehalf, sealed")
  ]
  return [
    ...lengths.map((length, index) => ({
      what: `a sealed read of ${count(length)} characters, in reads of node-redis with JSON.parse`,
      measured: rateAt(limit, index) / rateAt(sealed, index),
      atMost: 1.25,
      show: times
    })),
    { what: "round trips of a look", measured: trips.look, atMost: 1, show: count },
    { what: "round trips of a fetch", measured: trips.fetch, atMost: 4, show: count },
    {
      what: "a stampede of processes, to a lock by hand",
      measured: stampede.broker / stampede.lock,
      atMost: 1.3,
      show: times
    },
    { what: "its requests", measured: stampede.requests, atMost: 1, show: count },
    { what: "a revocation's way, p99", measured: reach.p99, atMost: 1_000, show: millis },
    ...fleets.flatMap(fleetTargets)
  ]
}
