import { assert, describe, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { apiKey, program } from "./support/cli.ts"
import { makeWorld } from "./support/world.ts"

const world = makeWorld()

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The program by way of a shell, which says where its output goes and how long files may grow. */
const shell = (script: string): Promise<Ended> =>
  new Promise((resolve) => {
    const child = execFile(
      "bash",
      ["-c", script, "bash", process.execPath, program, world.merchant],
      { env: { ...world.env, NUAPAY_API_KEY: apiKey }, timeout: 30_000 },
      (_, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr })
    )
  })

const get = '"$1" "$2" token get "$3" --scope admin'

describe("a full disk", () => {
  it.each([
    get,
    '"$1" "$2" --help',
    '"$1" "$2" --version',
    '"$1" "$2" token get --help',
    '"$1" "$2" --completions bash',
    '"$1" "$2" completion bash'
  ])("where the stdout of %s goes is told of", async (command) => {
    const ended = await shell(`exec ${command} > /dev/full`)
    assert.match(ended.stderr, /^onbehalf: stdout cannot be written to \(ENOSPC\)[^\n]*\n$/)
    assert.strictEqual(ended.code, 1)
  })

  it("where talk goes is nothing to stop at", async () => {
    const ended = await shell('exec "$1" "$2" organisations list --page-size 1 2> /dev/full')
    assert.match(ended.stdout, /^ID /)
    assert.strictEqual(ended.code, 0)
  })

  it("where tokens are kept takes no token away (invariant 10, F30)", async () => {
    const ended = await shell(`trap '' XFSZ; ulimit -f 4; exec ${get}`)
    assert.match(ended.stdout, /^[\w.-]{100,}\n$/)
    assert.match(ended.stderr, /^onbehalf: the token store failed: the token is good/)
    assert.strictEqual(ended.code, 0)
    const listed = await shell(`trap '' XFSZ; ulimit -f 4; exec "$1" "$2" token list`)
    assert.match(listed.stderr, /\[store_unavailable\]/)
    assert.strictEqual(listed.code, 8)
  })
})
