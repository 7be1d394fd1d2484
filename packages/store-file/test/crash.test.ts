import { assert, describe, it } from "@effect/vitest"
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { check } from "./support/check.ts"
import { type Child, start, startNode } from "./support/child.ts"
import { withFolder } from "./support/folders.ts"
import { isFull, progress, timeout } from "./support/full.ts"
import { History } from "./support/history.ts"
import { command, type KillPoint, killPoints } from "./support/killPoints.ts"
import type { Line } from "./support/lines.ts"
import { itTraced, traced } from "./support/strace.ts"

/** Three at a time: most of it is waiting for processes to start. */
const inTurns = async <A>(all: ReadonlyArray<A>, use: (one: A) => Promise<void>) => {
  const left = [...all]
  const worker = async () => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) await use(one)
  }
  await Promise.all([worker(), worker(), worker()])
}

const addTo = (history: History) => (line: string) => history.add(JSON.parse(line) as Line)

const operations = 40

const kills = isFull ? 5_000 : 16

const killAt = ({ call, when }: KillPoint) =>
  withFolder(async (folder) => {
    const target = join(folder, "store")
    const history = new History()
    const inject = `inject=${call}:signal=SIGKILL:when=${when}`
    const options = ["-o", "/dev/null", "-e", `trace=${call}`, "-e", inject]
    const { ended } = start(traced(target, options, command(target, operations)), addTo(history))
    assert.strictEqual((await ended).signal, "SIGKILL")
    mkdirSync(target, { recursive: true, mode: 0o700 })
    check(target, history)
  })

describe("a writer that is killed", () => {
  itTraced(
    "F32: at every system call that writes, loses nothing that was acknowledged",
    () =>
      withFolder(async (folder) => {
        const points = await killPoints(folder, operations)
        assert.isAtLeast(points.length, 400)
        const step = isFull ? 1 : 96
        let done = 0
        await inTurns(
          points.filter((_, index) => index % step === 0),
          async (point) => {
            await killAt(point)
            if (++done % 50 === 0) progress(`killed at ${done} of ${points.length} system calls`)
          }
        )
      }),
    timeout
  )

  it(
    "F32: at a random moment, one of eight, loses nothing and disturbs nobody",
    () =>
      withFolder(async (folder) => {
        const target = join(folder, "store")
        const began = performance.now()
        const histories = Array.from({ length: 8 }, () => new History())
        let [begun, killed] = [0, 0]
        const writer = async (history: History, index: number) => {
          for (let round = 0; begun < kills; round++) {
            begun++
            await killSoon(target, `w${index}`, round, history)
            check(target, history)
            if (++killed % 250 === 0) progress(`killed ${killed} of ${kills} writers`)
          }
        }
        await Promise.all(histories.map(writer))
        assert.isAtLeast(killed, kills)
        const acknowledged = histories.reduce((sum, history) => sum + history.acknowledged, 0)
        assert.isAbove(acknowledged, kills)
        const seconds = Math.round((performance.now() - began) / 1_000)
        progress(
          `${killed} kills, ${acknowledged} acknowledged operations, none lost, ${seconds} s`
        )
      }),
    timeout
  )
})

/** A writer that is killed some operations, and a moment, after it began. */
const killSoon = async (folder: string, name: string, round: number, history: History) => {
  const after = 1 + Math.floor(Math.random() * 40)
  let lines = 0
  const add = addTo(history)
  const child: Child = startNode(
    "writer.ts",
    [folder, name, String(round + 1), "1000000"],
    (line) => {
      add(line)
      if (++lines !== after) return
      setTimeout(() => child.process.kill("SIGKILL"), Math.random() * 2)
    }
  )
  const { signal, stderr } = await child.ended
  assert.strictEqual(signal, "SIGKILL", stderr)
}
