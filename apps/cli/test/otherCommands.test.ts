import { assert, describe, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { once } from "node:events"
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { promisify } from "node:util"
import { assertFailed, assertSilent, start } from "./support/cli.ts"
import { makeWorld } from "./support/world.ts"

const world = makeWorld()

describe("simulator start", () => {
  it("says what to set, and is a Nuapay with faults until it is stopped", async () => {
    const faults = join(world.home, "faults.json")
    await writeFile(faults, '[{ "kind": "status", "status": 403, "times": 1 }]')
    const { child, ended } = start(
      ["simulator", "start", "--port", "0", "--seed", "mine", "--faults", faults],
      { env: { HOME: world.home } }
    )
    const env: Record<string, string> = {}
    for await (const line of createInterface(child.stdout)) {
      const [, name = "", value = ""] = /^export (\w+)='([^']+)'$/.exec(line) ?? []
      env[name] = value
      if (name === "NUAPAY_API_KEY") break
    }
    const list = () => world.run(["organisations", "list", "--page-size", "1"], { env })
    assert.strictEqual((await list()).code, 4)
    assert.strictEqual((await list()).code, 0)
    child.kill("SIGINT")
    assert.strictEqual(await ended, 130)
    assert.strictEqual((await list()).code, 7)
  })

  it("refuses a list that is none", async () => {
    const faults = join(world.home, "faults.json")
    const start = ["simulator", "start", "--port", "0", "--faults", faults]
    assertFailed(await world.run(start), 2, /--faults .*JSON list/)
    await writeFile(faults, '[{ "kind": "nosuchfault" }]')
    assertFailed(await world.run(start), 2, /number 1 of the list is no fault/)
  })

  it("says that a port is taken", async () => {
    const { port } = new URL(world.simulator.url)
    assertFailed(await world.run(["simulator", "start", "--port", port]), 2, /in use/)
  })
})

describe("seal-key new", () => {
  it("makes another key each time, and each opens a store", async () => {
    const [one, other] = await Promise.all([
      world.run(["seal-key", "new"]),
      world.run(["seal-key", "new"])
    ])
    assertSilent(one)
    assert.match(one.stdout, /^[A-Za-z0-9+/]{43}=\n$/)
    assert.notStrictEqual(one.stdout, other.stdout)
    const get = ["token", "get", world.merchant, "--scope", "admin"]
    assertSilent(await world.run(get, { env: { ONBEHALF_SEAL_KEY: one.stdout.trim() } }))
  })
})

describe("completion", () => {
  it.each(["bash", "zsh", "fish"])("is a script for %s with every command", async (shell) => {
    const ended = await world.run(["completion", shell])
    assertSilent(ended)
    for (const word of ["organisations", "inspect", "doctor", "completion", "expires-in"]) {
      assert.include(ended.stdout, word)
    }
    assert.notInclude(ended.stdout, "--completions")
    if (shell === "bash") await promisify(execFile)("bash", ["-nc", ended.stdout])
  })

  it.each([
    ["onbehalf tok", "token"],
    ["onbehalf --pro", "--profile"],
    ["onbehalf token get --out", "--output"],
    ["onbehalf token get --output ", "token json header env curl exec-credential"],
    ["onbehalf token get --store ", "file memory redis"],
    ["onbehalf seal-key ", "new"]
  ])("completes %j in bash", async (line, expected) => {
    const { stdout: script } = await world.run(["completion", "bash"])
    const press = [
      'read -ra COMP_WORDS <<< "$1"; [[ $1 == *" " ]] && COMP_WORDS+=("")',
      "COMP_LINE=$1; COMP_POINT=${#1}; COMP_CWORD=$((${#COMP_WORDS[@]} - 1))",
      '_onbehalf onbehalf "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"',
      'echo "${COMPREPLY[*]}"'
    ].join("\n")
    const { stdout } = await promisify(execFile)("bash", [
      "-c",
      `${script}\n${press}`,
      "bash",
      line
    ])
    assert.strictEqual(stdout, `${expected}\n`)
  })

  it("suggests the shell that was meant", async () => {
    assertFailed(await world.run(["completion", "bsh"]), 2, /"bash" \| "zsh" \| "fish"/)
  })
})

describe("organisations get", () => {
  it("shows one, and says that another is unknown", async () => {
    const ended = await world.run(["organisations", "get", world.merchant])
    assertSilent(ended)
    assert.match(ended.stdout, new RegExp(`^FIELD +VALUE\nid +${world.merchant}\n`))
    assertFailed(await world.run(["organisations", "get", "nosuchone"]), 5, /organisation_unknown/)
  })
})

describe("organisations list", () => {
  it("prints lines for programs and for spreadsheets", async () => {
    const list = ["organisations", "list", "--all", "--output"]
    const lines = (await world.run([...list, "ndjson"])).stdout.trimEnd().split("\n")
    assert.strictEqual(lines.length, 121)
    for (const line of lines) JSON.parse(line)
    const csv = (await world.run([...list, "csv"])).stdout.split("\n")
    assert.strictEqual(csv[0], "id,name,status,type,country")
    assert.strictEqual(csv.length, 123)
  })
})

describe("watch", () => {
  it("is a plain line a second in a pipe, and renews what it watches", async () => {
    const { child, ended } = start(
      ["watch", world.merchant, "--scope", "admin", "--expires-in", "10"],
      { env: world.env }
    )
    const lines: Array<string> = []
    for await (const line of createInterface(child.stdout)) {
      lines.push(line)
      if (line.includes(" 1 renewed ")) break
    }
    child.kill("SIGINT")
    assert.strictEqual(await ended, 130)
    assert.isAbove(lines.length, 4)
    assert.isTrue(
      lines.every((line) => /\[█*░*\] \d+s left {2}\d renewed {2}\S+ {2}\S+$/.test(line))
    )
  }, 60_000)
})

describe("watch, with its store down", () => {
  const store = { REDIS_URL: "redis://127.0.0.1:1", ONBEHALF_STORE: "redis" }

  it("keeps its token in hand", async () => {
    const { child, ended } = start(
      ["watch", world.merchant, "--scope", "admin", "--expires-in", "1h"],
      { env: { ...world.env, ...store } }
    )
    child.stderr.resume()
    let lines = 0
    for await (const _ of createInterface(child.stdout)) if (++lines === 4) break
    child.kill("SIGINT")
    assert.strictEqual(await ended, 130)
    assert.strictEqual(world.simulator.counters["requestTokenForOrganisation"], 1)
  }, 60_000)

  it("says on stderr what fails, and goes on", async () => {
    const { child, ended } = start(
      ["watch", world.merchant, "--scope", "admin", "--expires-in", "10"],
      { env: world.env }
    )
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
    await lines.next()
    world.simulator.addFault({ kind: "status", status: 403 })
    const [said] = (await once(createInterface(child.stderr), "line")) as [string]
    assert.match(said, /^onbehalf: .*\[forbidden\]/)
    child.stdout.resume()
    child.kill("SIGINT")
    assert.strictEqual(await ended, 130)
  }, 60_000)
})

describe("--verbose", () => {
  it("tells each request and what came of it", async () => {
    const ended = await world.run(["token", "get", world.merchant, "--scope", "admin", "--verbose"])
    const path = `POST ${world.simulator.url}/organisations/${world.merchant}/tokens`
    assert.include(ended.stderr, `onbehalf: → ${path}\n`)
    assert.include(ended.stderr, `onbehalf: ← 201 ${path} `)
    assert.notInclude(ended.stderr, ended.stdout.trim())
  })
})
