/** How late, and at what cost, a process learns that another has changed something in Redis. */
import { startRedis } from "../packages/store-redis/test/support/redisServer.ts"
import { printFigures, progress } from "./child.ts"
import { type Heard, measureWay, type Way, ways } from "./redis/changes.ts"
import { median } from "./work.ts"

export interface ChangesRow extends Pick<Way, "name" | "tellsAll"> {
  /** Milliseconds. */
  readonly median: number
  readonly p99: number
  /** Microseconds of Redis's time for a change, with one look of every listener. */
  readonly time: number
}

const rowOf = ({ name, tellsAll }: Way, rounds: ReadonlyArray<Heard>): ChangesRow => {
  const delays = rounds.flatMap((round) => round.delays).toSorted((one, other) => one - other)
  return {
    name,
    tellsAll,
    median: median(delays),
    p99: delays[Math.floor(delays.length * 0.99)] ?? Number.NaN,
    time: median(rounds.map(({ time }) => time))
  }
}

const measureChanges = async (isQuick: boolean): Promise<ReadonlyArray<ChangesRow>> => {
  const { stop, url } = await startRedis()
  const rounds = ways.map((): Array<Heard> => [])
  for (let round = 0; round < (isQuick ? 2 : 9); round++) {
    progress(`changes, round ${round + 1}`)
    for (const [index, way] of ways.entries()) {
      rounds[index]?.push(await measureWay(url, way, isQuick ? 200 : 1_000))
    }
  }
  await stop()
  return ways.map((way, index) => rowOf(way, rounds[index] ?? []))
}

if (import.meta.main) await printFigures(measureChanges)
