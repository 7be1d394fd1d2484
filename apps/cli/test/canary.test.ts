import { assert, describe, it } from "@effect/vitest"
import { readdirSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import {
  apiKey,
  assertFailed,
  assertSilent,
  type Ended,
  type RunOptions,
  start
} from "./support/cli.ts"
import { makeWorld } from "./support/world.ts"

const world = makeWorld()

/** The text of every token that is made in this test. */
const canary = "canaryToken-9fK3wq"

/** In the forms in which they travel. */
const secrets = () => [apiKey, btoa(`${apiKey}:`), canary, btoa(`${canary}:`)]

const sing = () => world.simulator.addFault({ kind: "override", data: { accessToken: canary } })

const run = (args: ReadonlyArray<string>, options?: RunOptions) =>
  world.run([...args.slice(0, 1), "--verbose", ...args.slice(1)], options)

const checkText = (text: string, where: string) => {
  for (const secret of secrets()) assert.notInclude(text, secret, where)
}

const check = (ended: Ended, args: ReadonlyArray<string>) => {
  checkText(ended.stdout, `stdout of ${args.join(" ")}`)
  checkText(ended.stderr, `stderr of ${args.join(" ")}`)
}

const checkFiles = async () => {
  const entries = readdirSync(world.home, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  assert.isAbove(files.length, 1)
  for (const { name, parentPath } of files) {
    checkText(await readFile(join(parentPath, name), "latin1"), name)
  }
}

const grant = () => [world.merchant, "--scope", "admin"]

/** Those that ask Nuapay, and whose purpose is not to print a token. */
const asking = (): ReadonlyArray<ReadonlyArray<string>> => [
  ["organisations", "list"],
  ["organisations", "get", world.merchant],
  ["organisations", "list", "--all", "--output", "ndjson"],
  ["token", "revoke", world.merchant, "tokenId"],
  ["token", "revoke", world.merchant, "--all"],
  ["token", "own", "--revoke", "all"],
  ["api", "GET", "/mandates", "--include", "--organisation", ...grant()],
  ["api", "GET", "/mandates", "--paginate", "--organisation", ...grant()],
  ["exec", ...grant(), "--", "/bin/true"],
  ["doctor"]
]

/** Those that ask nobody. */
const local = (): ReadonlyArray<ReadonlyArray<string>> => [
  ["token", "list"],
  ["token", "inspect", "-"],
  ["config", "show"],
  ["completion", "bash"],
  ["seal-key", "new"],
  // Typed where it does not belong.
  ["token", "get", apiKey, "--scope", "admin"],
  ["token", "inspect", canary],
  ["organisations", "get", apiKey],
  [`--api-key=${apiKey}`],
  ["api", "GET", `/${apiKey}`, "--organisation", ...grant()]
]

/** Those that print one, and so only where they fail. */
const printing = (): ReadonlyArray<ReadonlyArray<string>> => [
  ["token", "get", ...grant()],
  ["token", "own", "--scope", "bankadmin"],
  ["token", "application", world.merchant, "--product", "accounts", "--resource", "r1"]
]

describe("no secret leaves (invariant 7)", () => {
  it("from any command that works", async () => {
    sing()
    await run(["token", "get", ...grant()])
    for (const args of [...asking(), ...local()]) {
      const input = args[1] === "inspect" ? `eyJh.${canary}.x` : ""
      check(await run(args, { input }), args)
    }
    await checkFiles()
  }, 120_000)

  it.each([
    { kind: "status", status: 401 },
    { kind: "status", status: 403 },
    {
      kind: "status",
      status: 422,
      body: { returnCode: "8888", details: [{ description: apiKey }] }
    },
    { kind: "status", status: 429, retryAfter: 3600 },
    { kind: "status", status: 400, body: canary },
    { kind: "wrongOrganisation" },
    { kind: "malformedJson" },
    { kind: "redirect", location: "http://127.0.0.1:1/" }
  ] as const)(
    "from a command that meets $kind $status",
    async (fault) => {
      world.simulator.addFault(fault)
      for (const args of printing()) {
        const ended = await run(args)
        assert.notStrictEqual(ended.code, 0, args.join(" "))
        check(ended, args)
      }
      for (const args of asking()) check(await run(args), args)
    },
    240_000
  )

  it("through a name in /proc, while a token is in use", async () => {
    sing()
    const ended = await run([
      "exec",
      ...grant(),
      "--",
      "/bin/sh",
      "-c",
      "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '; env | grep -v ^NUAPAY_TOKEN="
    ])
    assert.include(ended.stdout, "onbehalf.js exec")
    check(ended, ["exec"])
  })

  it("except where the token is what was asked for", async () => {
    sing()
    const { stderr, stdout } = await run(["token", "get", ...grant()])
    assert.strictEqual(stdout, `${canary}\n`)
    checkText(stderr, "stderr")
  })

  it("in a report of Node's, which would hold the environment", async () => {
    const { child, ended } = start(["watch", ...grant()], {
      env: { ...world.env, NODE_OPTIONS: `--report-on-signal --report-dir=${world.home}` }
    })
    child.stdout.once("data", () => child.kill("SIGUSR2"))
    let said = ""
    for await (const chunk of child.stderr) {
      said += String(chunk)
      if (said.includes("report completed")) child.kill("SIGTERM")
    }
    await ended
    const report = readdirSync(world.home).find((name) => name.startsWith("report."))
    assert.isDefined(report)
    checkText(await readFile(join(world.home, report), "utf8"), report)
  })

  it("in what Node is told to print of a program that it starts", async () => {
    sing()
    const options = { env: { NODE_DEBUG: "http,child_process" } }
    const ended = await world.run(["exec", ...grant(), "--", "/bin/true"], options)
    assertFailed(ended, 3, /NODE_DEBUG.*child_process/)
    checkText(ended.stderr, "stderr")
    // What is for the program itself.
    const other = { env: { NODE_DEBUG: "http" } }
    assertSilent(await world.run(["exec", ...grant(), "--", "/bin/true"], other))
  })
})
