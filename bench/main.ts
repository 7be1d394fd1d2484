/** `pnpm bench [--quick] [--write]`: all tables in one run; `--write` keeps them in RESULTS.md. */
import { writeFileSync } from "node:fs"
import { parseArgs } from "node:util"
import { measureFiber } from "./fiber.ts"
import { measureMemory } from "./memory.ts"
import { measureRenewal } from "./renewal.ts"
import { report } from "./report.ts"
import { measureStampede } from "./stampede.ts"
import { measureWarm } from "./warm.ts"

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    write: { type: "boolean", default: false }
  }
})
const rounds = values.quick ? 1 : 3

const say = (what: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`${what} …\n`)
}

say("memory")
const memory = await measureMemory()
say("renewal")
const renewal = await measureRenewal(values.quick ? 10 : 30)
say("stampede")
const stampede = await measureStampede(rounds)
say("in a fiber")
const fiber = await measureFiber(rounds)
say("warm")
const warm = await measureWarm(rounds)

const text = report({ warm, fiber, stampede, memory, renewal })
process.stdout.write(`${text}\n`)
if (values.write) writeFileSync(new URL("./RESULTS.md", import.meta.url), `${text}\n`)
process.exit(0)
