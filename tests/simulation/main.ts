/** `pnpm simulate --seeds 1000000 --from 1`: runs seeds one after the other, and names the first that fails. */
import * as Effect from "effect/Effect"
import { parseArgs } from "node:util"
import { simulate } from "./simulate.ts"

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "2000" },
    from: { type: "string", default: "1" }
  }
})

const from = Number(values.from)
const seeds = Number(values.seeds)
if (!Number.isSafeInteger(from) || !Number.isSafeInteger(seeds) || seeds < 1) {
  process.stderr.write("--seeds and --from take whole numbers\n")
  process.exit(2)
}

const began = performance.now()
for (let seed = from; seed < from + seeds; seed++) {
  const broken = await Effect.runPromise(simulate(seed))
  if (broken !== undefined) {
    process.stdout.write(`seed ${seed} broke ${broken.message}\n`)
    process.stdout.write(`again: pnpm simulate --seeds 1 --from ${seed}\n`)
    process.exit(1)
  }
  if ((seed - from + 1) % 1_000 === 0 && process.stdout.isTTY) {
    process.stdout.write(`${seed - from + 1} of ${seeds}\r`)
  }
}
const seconds = (performance.now() - began) / 1_000
process.stdout.write(`${seeds} seeds held, ${seconds.toFixed(1)} s\n`)
