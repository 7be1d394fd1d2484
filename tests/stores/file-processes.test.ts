import { assert, describe, it } from "@effect/vitest"
import { type RunningSimulator, startSimulator } from "@onbehalf/simulator"
import { join } from "node:path"
import { type Child, start } from "../../packages/store-file/test/support/child.ts"
import { withFolder } from "../../packages/store-file/test/support/folders.ts"

interface Caller {
  readonly child: Child
  readonly tell: (command: string) => void
  /** What comes after the word, once it is said. */
  readonly says: <A>(word: string) => Promise<A>
}

const program = join(import.meta.dirname, "programs/caller.ts")

const caller = (folder: string, simulator: RunningSimulator): Caller => {
  const [merchant] = simulator.merchants
  const heard = new Map<string, unknown>()
  const waiting = new Map<string, (value: unknown) => void>()
  const args = [folder, simulator.url, simulator.apiKey, merchant?.id ?? ""]
  const child = start([process.execPath, program, ...args], (line) => {
    const space = line.indexOf(" ")
    const word = line.slice(0, space)
    const value: unknown = JSON.parse(line.slice(space + 1))
    heard.set(word, value)
    waiting.get(word)?.(value)
  })
  return {
    child,
    tell: (command) => void child.process.stdin?.write(`${command}\n`),
    says: <A>(word: string) =>
      new Promise<A>((resolve, reject) => {
        const known = heard.get(word)
        if (known !== undefined) return resolve(known as A)
        waiting.set(word, (value) => resolve(value as A))
        void child.ended.then(({ stderr }) => reject(new Error(stderr)))
      })
  }
}

interface Called {
  readonly ids: ReadonlyArray<string>
  readonly first: number
}

/** A simulator, and so many processes that share a file. */
const withCallers = (
  count: number,
  use: (callers: ReadonlyArray<Caller>, simulator: RunningSimulator) => Promise<void>
) =>
  withFolder(async (folder) => {
    await using simulator = await startSimulator()
    const callers = Array.from({ length: count }, () => caller(folder, simulator))
    try {
      for (const each of callers) await each.says("ready")
      await use(callers, simulator)
    } finally {
      for (const { child } of callers) child.process.kill("SIGKILL")
    }
  })

const tokenRequests = ({ requests }: RunningSimulator): number =>
  requests.filter(({ method, path }) => method === "POST" && path.endsWith("/tokens")).length

describe("many processes on one file", () => {
  it("F33, invariant 4: eight with 500 callers each make one request", () =>
    withCallers(8, async (callers, simulator) => {
      simulator.addFault({ kind: "latency", ms: 50 })
      for (const { tell } of callers) tell("call")
      const called = await Promise.all(callers.map(({ says }) => says<Called>("called")))
      assert.strictEqual(new Set(called.flatMap(({ ids }) => ids)).size, 1)
      assert.strictEqual(tokenRequests(simulator), 1)
    }))

  it("T24, invariant 3: what one revokes, the others stop to hand out", () =>
    withCallers(3, async (callers) => {
      const [first, ...others] = callers
      assert.isDefined(first)
      for (const each of callers) {
        each.tell("call")
        await each.says("called")
      }
      for (const { says, tell } of others) {
        tell("watch")
        assert.isString(await says("watching"))
      }
      first.tell("revoke")
      await first.says("revoked")
      const revoked = performance.timeOrigin + performance.now()
      for (const { says } of others) assert.isBelow((await says<number>("gone")) - revoked, 1_000)
    }))

  it("T22: a process that is killed while it fetches keeps the others waiting for seconds only", () =>
    withCallers(2, async ([first, second], simulator) => {
      assert.isDefined(first)
      assert.isDefined(second)
      const fault = simulator.addFault({ kind: "latency", ms: 14_000 })
      first.tell("call")
      while (tokenRequests(simulator) === 0) await new Promise((done) => setTimeout(done, 5))
      simulator.removeFault(fault)
      second.tell("call")
      first.child.process.kill("SIGKILL")
      const killed = performance.timeOrigin + performance.now()
      const { first: served } = await second.says<Called>("called")
      assert.isBelow(served - killed, 8_000)
      assert.strictEqual(tokenRequests(simulator), 2)
    }))
})
