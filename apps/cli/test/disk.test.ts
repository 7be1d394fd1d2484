import { assert, describe, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { readdirSync } from "node:fs"
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

  it("where nothing is kept yet takes no token away either (invariant 10, F30)", async () => {
    const full = "trap '' XFSZ; ulimit -f 0; exec"
    const ended = await shell(`${full} ${get}`)
    assert.match(ended.stdout, /^[\w.-]{100,}\n$/)
    assert.match(ended.stderr, /^onbehalf: .*seal-key cannot be made \(EFBIG\): no token is kept/)
    assert.strictEqual(ended.code, 0)
    const ran = await shell(`${full} "$1" "$2" exec "$3" --scope admin -- sh -c 'echo ran'`)
    assert.strictEqual(ran.stdout, "ran\n")
    for (const command of ["token list", "token inspect nosuchid"]) {
      const refused = await shell(`${full} "$1" "$2" ${command}`)
      assert.match(
        refused.stderr,
        /^onbehalf: .*cannot be made \(EFBIG\).*\[store_unavailable\]\n$/
      )
      assert.strictEqual(refused.code, 8)
    }
    const found = await shell(`${full} "$1" "$2" doctor`)
    assert.match(found.stdout, /^store +failure +cannot be used: .*seal-key cannot be made/m)
    assert.strictEqual(found.code, 8)
    // Not even an empty file, which would be found again.
    const files = readdirSync(world.home, { recursive: true, withFileTypes: true })
    assert.deepStrictEqual(
      files.filter((file) => file.isFile() && !file.name.endsWith(".db")),
      []
    )
  })

  it("where tokens are kept takes no token away (invariant 10, F30)", async () => {
    const ended = await shell(`trap '' XFSZ; ulimit -f 4; exec ${get}`)
    assert.match(ended.stdout, /^[\w.-]{100,}\n$/)
    assert.match(ended.stderr, /^onbehalf: the token store failed: the token is good/)
    assert.strictEqual(ended.code, 0)
    const listed = await shell(`trap '' XFSZ; ulimit -f 4; exec "$1" "$2" token list`)
    assert.match(listed.stderr, /store cannot be used: the disk .*\[store_unavailable\]/)
    assert.strictEqual(listed.code, 8)
  })
})
