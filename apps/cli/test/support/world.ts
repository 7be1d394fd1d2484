import { startSimulator, type RunningSimulator, type SimulatorControls } from "@onbehalf/simulator"
import { afterAll, afterEach, assert, beforeAll, beforeEach } from "@effect/vitest"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { vi } from "vitest"
import { apiKey, run, type Ended, type RunOptions } from "./cli.ts"

/** A simulator for the tests of one file. Each test has a home folder of its own, and begins without faults and tokens. */
export const makeWorld = () => {
  // Programs are started: on a busy machine that takes a while.
  vi.setConfig({ testTimeout: 120_000 })
  let simulator: RunningSimulator | undefined
  const current = (): RunningSimulator => {
    assert.isDefined(simulator)
    return simulator
  }
  beforeAll(async () => {
    simulator = await startSimulator({ apiKey })
  })
  let home = ""
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "onbehalf-home-"))
  })
  afterEach(async () => {
    current().reset()
    await rm(home, { recursive: true })
  })
  afterAll(() => simulator?.close())
  return {
    get simulator(): SimulatorControls & { readonly url: string } {
      return current()
    },
    /** The home folder of this test. */
    get home(): string {
      return home
    },
    /** What the program is told of this world. */
    get env(): Readonly<Record<string, string>> {
      return { HOME: home, NUAPAY_BASE_URL: current().url }
    },
    /** The id of some merchant. */
    get merchant(): string {
      return current().merchants[0]?.id ?? ""
    },
    /** Runs the program against the simulator. */
    run: (args: ReadonlyArray<string>, options: RunOptions = {}): Promise<Ended> =>
      run(args, {
        ...options,
        env: { HOME: home, NUAPAY_BASE_URL: current().url, ...options.env }
      })
  }
}
