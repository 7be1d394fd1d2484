/**
 * Writes until it is killed, or `count` times: `writer.ts <folder> <name> <seed> <count>`. Says on stdout what
 * it is about to do and what came of it.
 */
import { writeSync } from "node:fs"
import { DatabaseSync } from "node:sqlite"
import { type Begun, type Line, recordOf } from "../support/lines.ts"
import { direct, rowOf } from "../support/writing.ts"

const [folder = "", name = "", seed = "0", count = "0"] = process.argv.slice(2)
const file = direct(folder)

/** At once, for it may be the last word. Whoever listens may be slow. */
const say = (line: Line): void => {
  try {
    writeSync(1, `${JSON.stringify(line)}\n`)
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
    say(line)
  }
}

let state = Number(seed) || 1
/** A small generator, so that a run can be had again (Park and Miller). */
const random = (below: number): number => {
  state = (state * 48_271) % 2_147_483_647
  return state % below
}

const operations = ["put", "put", "put", "put", "remove", "revoke", "lease", "put"] as const
const held = new Map<string, string>()

const choose = (number: number): Begun => {
  const operation = operations[number % operations.length] ?? "put"
  const owner = `${name}-${random(2)}`
  const key = `${owner}/${random(3)}`
  const id = operation === "remove" ? (held.get(key) ?? "none") : `${name}-${seed}-${number}`
  return { operation, key, owner, id }
}

const { path } = file.ask("locate", { suspect: undefined })
const database = new DatabaseSync(path, { readOnly: true })
const newest = database.prepare("SELECT max(generation) AS generation FROM revocations")
const newestOf = database.prepare("SELECT generation FROM revocations WHERE owner = ?")

const perform = ({ id, key, operation, owner }: Begun): unknown => {
  switch (operation) {
    case "put":
      held.set(key, id)
      return file.ask("put", {
        key,
        row: rowOf(owner, id, recordOf(id)),
        generation: Number(newest.get()?.["generation"]),
        fence: 0
      })
    case "remove":
      return file.ask("remove", { key, id })
    case "revoke":
      return file.ask("revoke", { owner })
    case "lease": {
      const fence = file.ask("lease", { key, holder: name, atMost: 10_000 })
      return file.ask("release", { key, holder: name, fence })
    }
  }
}

for (let number = 0; number < Number(count); number++) {
  const begun = choose(number)
  say({ begun })
  try {
    const answer = perform(begun)
    const generation = Number(newestOf.get(begun.owner)?.["generation"] ?? 0)
    say({ done: { answer, generation } })
  } catch (error) {
    say({ failed: String(error) })
  }
}
database.close()
file.close()
