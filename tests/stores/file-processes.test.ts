/** Real processes that share one file. */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { type RunningSimulator, startSimulator } from "@onbehalf/simulator"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { isFull, timeout } from "../../packages/store-file/test/support/full.ts"
import { startWorker, type Worker } from "../support/brokerWorkers.ts"
import { sealKey } from "../support/fileBackend.ts"
import { standStill } from "../support/standStill.ts"
import { progress, stampede } from "../support/stampede.ts"

const match = { operation: "requestTokenForOrganisation" }

interface Shared {
  readonly nuapay: RunningSimulator
  readonly open: () => Promise<Worker>
  readonly workers: ReadonlyArray<Worker>
  readonly merchants: ReadonlyArray<string>
  readonly requests: () => number
  readonly stop: () => Promise<void>
}

const many = <A>(count: number, make: () => Promise<A>): Promise<ReadonlyArray<A>> =>
  Promise.all(Array.from({ length: count }, make))

/** The simulator takes its time for a token: fifty milliseconds. */
const start = async (): Promise<Shared> => {
  const folder = mkdtempSync(join(tmpdir(), "onbehalf-file-"))
  const nuapay = await startSimulator({ port: 0, merchants: 40 })
  nuapay.addFault({ kind: "latency", ms: 50, match })
  const settings = { shared: { folder }, sealKey, nuapay: nuapay.url, apiKey: nuapay.apiKey }
  const open = () => startWorker(settings)
  const workers = await many(8, open)
  return {
    nuapay,
    open,
    workers,
    merchants: nuapay.merchants.filter(({ status }) => status === "ACTIVE").map(({ id }) => id),
    requests: () => nuapay.counters["requestTokenForOrganisation"] ?? 0,
    stop: async () => {
      for (const { stop } of workers) stop()
      await nuapay.close()
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

/** `npm test` is content with the eight that are there. */
const processes = isFull ? 100 : 8

/** Rounds in which the machine may have other things to do. */
const maximumRounds = 12

/** What three rounds came to that had the machine for themselves. */
const quickOf = (rounds: ReadonlyArray<number>): number =>
  rounds.toSorted((one, other) => one - other)[2] ?? Number.POSITIVE_INFINITY

describe("eight processes on one file", () => {
  let shared: Shared
  beforeAll(async () => {
    shared = await start()
    // Loaded and compiled, before anything is counted.
    await stampede(shared.workers, shared.merchants[23] ?? "")
  }, 60_000)
  afterAll(() => shared.stop())

  it(
    `F33, invariant 4: ${processes} make one request for each key, however many callers ask`,
    async () => {
      const { merchants, open, requests, workers } = shared
      const more = await many(processes - workers.length, open)
      const before = requests()
      const asked = merchants.slice(0, 3)
      try {
        for (const merchant of [...asked, ...asked]) await stampede([...workers, ...more], merchant)
      } finally {
        for (const { stop } of more) stop()
      }
      const minted = requests() - before
      progress(`requests of ${processes} processes for ${asked.length} keys`, [minted])
      // A hundred on two cores may keep a holder from saying for two seconds that it lives.
      assert.isAtMost(minted, asked.length * (isFull ? 2 : 1))
    },
    timeout
  )

  it("invariant 4: who waits is served within 25 ms of the one that fetched", async () => {
    const { merchants, nuapay, workers } = shared
    const medians: Array<number> = []
    // By then, who is not woken looks a few times a second.
    const slow = nuapay.addFault({ kind: "latency", ms: 350, match })
    while (medians.length < 5 || (quickOf(medians) >= 25 && medians.length < maximumRounds)) {
      medians.push(await stampede(workers, merchants[3 + medians.length] ?? ""))
    }
    nuapay.removeFault(slow)
    progress("waiters after the holder, ms", medians)
    assert.isBelow(quickOf(medians), 25)
  })

  it("T24, invariant 3: what one revokes, the others stop to hand out", async () => {
    const { merchants, workers } = shared
    const [first, ...others] = workers
    const merchant = merchants[20] ?? ""
    assert.isDefined(first)
    for (const worker of workers) await worker.tell({ do: "ask", merchant, callers: 1 })
    for (const worker of others) await worker.tell({ do: "watch", merchants: [merchant] })
    // The workers keep a clock of their own.
    await sleep(50)
    const { revokedAt = Number.NaN } = await first.tell({ do: "revoke", merchant })
    await sleep(1_500)
    for (const worker of others) {
      const { lastSeen = {} } = await worker.tell({ do: "report" })
      const seen = (lastSeen[merchant] ?? Number.NaN) - revokedAt
      assert.isAbove(seen, -1_000, "the token was not in hand")
      assert.isBelow(seen, 1_000)
    }
  })

  it("T22: a process that is killed while it fetches keeps the others waiting for seconds only", async () => {
    const { merchants, nuapay, requests, workers } = shared
    const [victim, second] = workers
    const merchant = merchants[21] ?? ""
    assert.isDefined(victim)
    assert.isDefined(second)
    const before = requests()
    nuapay.addFault({ kind: "hang", times: 1, match })
    victim.tell({ do: "ask", merchant, callers: 1 }).catch(() => undefined)
    // The simulator is another party, with a clock of its own.
    while (requests() === before) await sleep(5)
    const began = performance.now()
    const waiting = second.tell({ do: "ask", merchant, callers: 500 })
    victim.stop()
    assert.lengthOf((await waiting).asked?.ids ?? [], 1)
    assert.isBelow(performance.now() - began, 8_000)
    assert.strictEqual(requests() - before, 2)
  })

  it("T22: a process that stood still while it fetched overwrites nothing of the one that took over", async () => {
    const { merchants, nuapay, requests, workers } = shared
    await standStill({
      nuapay,
      requests,
      workers: workers.slice(1, 4),
      merchant: merchants[22] ?? ""
    })
  })
})
