import { startSimulator, type RunningSimulator, type SimulatorControls } from "@onbehalf/simulator"
import { afterAll, afterEach, assert, beforeAll } from "@effect/vitest"
import { apiKey, run, type Ended, type RunOptions } from "./cli.ts"

/** A simulator for the tests of one file; faults and counters are gone after each test. */
export const makeWorld = () => {
  let simulator: RunningSimulator | undefined
  const current = (): RunningSimulator => {
    assert.isDefined(simulator)
    return simulator
  }
  beforeAll(async () => {
    simulator = await startSimulator({ apiKey })
  })
  afterEach(() => current().reset())
  afterAll(() => simulator?.close())
  return {
    get simulator(): SimulatorControls & { readonly url: string } {
      return current()
    },
    /** The id of some merchant. */
    get merchant(): string {
      return current().merchants[0]?.id ?? ""
    },
    /** Runs the program against the simulator. */
    run: (args: ReadonlyArray<string>, options: RunOptions = {}): Promise<Ended> =>
      run(args, { ...options, env: { NUAPAY_BASE_URL: current().url, ...options.env } })
  }
}
