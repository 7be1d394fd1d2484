import { assert, describe, it } from "@effect/vitest"
import { displayWidth } from "effect/cli/CliOutput"
import { commandOnTerminal, onTerminal, program } from "./support/cli.ts"
import { makeWorld } from "./support/world.ts"

const world = makeWorld()

const escape = "\u001B["

const revokeAll = () => ["token", "revoke", world.merchant, "--all"]

const slow = (ms: number) => world.simulator.addFault({ kind: "latency", ms })

const revoked = () => world.simulator.counters["revokeTokensForOrganisation"] ?? 0

describe("on a real terminal", () => {
  it("a token comes with a warning", async () => {
    const { code, output } = await onTerminal(
      ["token", "get", world.merchant, "--scope", "admin"],
      world.env
    )
    assert.match(output, /^onbehalf: this is a secret: .*\n[\w.-]+\n$/)
    assert.strictEqual(code, 0)
  })

  it("help has colours, and none with NO_COLOR", async () => {
    const coloured = await onTerminal(["--help"], world.env)
    assert.include(coloured.output, escape)
    const plain = await onTerminal(["--help"], { ...world.env, NO_COLOR: "1" })
    assert.include(plain.output, "SUBCOMMANDS")
    assert.notInclude(plain.output, escape)
  })

  it("a table fits", async () => {
    const { output } = await onTerminal(["organisations", "list"], world.env)
    const table = output.split("\n").filter((line) => !line.startsWith("onbehalf:"))
    assert.isAbove(table.length, 20)
    for (const line of table) assert.isAtMost(displayWidth(line), 70)
  })

  it("revoking everything is asked about; no is no, yes is yes, --yes is not asked", async () => {
    const when = "[y/N]"
    const no = await onTerminal(revokeAll(), world.env, { typed: "n\n", when })
    assert.include(no.output, `Revoke every token of organisation ${world.merchant}? [y/N]`)
    assert.include(no.output, "nothing was done")
    assert.strictEqual(no.code, 2)
    assert.strictEqual(revoked(), 0)
    const yes = await onTerminal(revokeAll(), world.env, { typed: "y\n", when })
    assert.strictEqual(yes.code, 0, yes.output)
    assert.strictEqual(revoked(), 1)
    const told = await onTerminal([...revokeAll(), "--yes"], world.env)
    assert.notInclude(told.output, when)
    assert.strictEqual(revoked(), 2)
  })

  it("Ctrl-C at the question does nothing and says nothing more", async () => {
    const ended = await onTerminal(revokeAll(), world.env, { typed: "\\x03", when: "[y/N]" })
    assert.strictEqual(ended.code, 130, ended.output)
    assert.strictEqual(revoked(), 0)
  })

  it("watch rewrites its line until Ctrl-C", async () => {
    const ended = await onTerminal(
      ["watch", world.merchant, "--scope", "admin", "--expires-in", "1h"],
      world.env,
      { typed: "\\x03", when: "59m 57" }
    )
    assert.strictEqual(ended.code, 130, ended.output)
    const written = ended.output.split(`\r${escape}K`).slice(1)
    assert.isAtLeast(written.length, 2)
    // One that wraps, or ends its line, would not be replaced. Ctrl-C ends the last.
    for (const line of written.slice(0, -1)) {
      assert.isBelow(line.length, 70)
      assert.notInclude(line, "\n")
    }
  })

  it("watch writes line by line where nothing can be rewritten", async () => {
    const ended = await onTerminal(
      ["watch", world.merchant, "--scope", "admin", "--expires-in", "1h"],
      { ...world.env, TERM: "dumb" },
      { typed: "\\x03", when: "59m 57" }
    )
    assert.strictEqual(ended.code, 130, ended.output)
    assert.notInclude(ended.output, escape)
    assert.isAtLeast(ended.output.split("\n").length, 3)
  })

  it("exec leaves Ctrl-C to its child", async () => {
    const ended = await onTerminal(
      [
        "exec",
        world.merchant,
        "--scope",
        "admin",
        "--",
        "sh",
        "-c",
        "trap 'echo caught; exit 9' INT; echo ready; while :; do sleep 0.1; done"
      ],
      world.env,
      { typed: "\\x03", when: "ready" }
    )
    assert.include(ended.output, "caught")
    assert.strictEqual(ended.code, 9, ended.output)
  })
})

describe("on a real terminal, Ctrl-C", () => {
  it("reaches a child of exec once, wherever its input comes from", async () => {
    // A shell's trap may run once for two signals.
    const count =
      "let n = 0; process.on('SIGINT', () => { n += 1; setTimeout(() => process.exit(40 + n), 1000) }); console.log('ready'); setInterval(() => {}, 9)"
    const ended = await commandOnTerminal(
      [
        "/bin/sh",
        "-c",
        `trap : INT; echo | "$0" "$1" exec ${world.merchant} --scope admin -- "$0" -e "$2"`,
        process.execPath,
        program,
        count
      ],
      world.env,
      { typed: "\\x03", when: "ready" }
    )
    assert.strictEqual(ended.code, 41, ended.output)
  })

  it("ends the loop of a script", async () => {
    slow(20_000)
    const loop = `for turn in 1 2; do echo "turn $turn"; "$0" "$1" organisations list; done`
    const ended = await commandOnTerminal(
      ["/bin/bash", "-c", loop, process.execPath, program],
      world.env,
      { typed: "\\x03", when: "1 s …" }
    )
    assert.notInclude(ended.output, "turn 2")
    assert.strictEqual(ended.code, 130, ended.output)
  })
})

describe("on a real terminal, what takes longer than a second", () => {
  const clear = `\r${escape}K`

  it.each([
    ["token get", "waiting for Nuapay", () => ["token", "get", world.merchant, "--scope", "admin"]],
    ["token revoke --all", "revoking", () => [...revokeAll(), "--yes"]],
    ["token own --revoke all", "revoking", () => ["token", "own", "--revoke", "all", "--yes"]],
    ["organisations get", "waiting for Nuapay", () => ["organisations", "get", world.merchant]],
    ["organisations list", "waiting for Nuapay", () => ["organisations", "list"]],
    ["organisations list --all", "0 organisations", () => ["organisations", "list", "--all"]],
    ["doctor", "checking", () => ["doctor"]],
    [
      "api",
      "waiting for Nuapay",
      () => ["api", "GET", "/mandates", "--organisation", world.merchant, "--scope", "admin"]
    ]
  ])("%s says what it waits for, and takes it back", async (_, what, args) => {
    slow(1_300)
    const { code, output } = await onTerminal(args(), world.env)
    assert.include(output, `${clear}${what}, 1 s …${clear}`)
    const [last] = output.split(clear).slice(-1)
    assert.notInclude(last, "…")
    assert.strictEqual(code, 0, output)
  })

  it("says nothing where it could not be taken back", async () => {
    slow(1_300)
    const { code, output } = await onTerminal(["organisations", "get", world.merchant], {
      ...world.env,
      TERM: "dumb"
    })
    assert.match(output, /^FIELD /)
    assert.strictEqual(code, 0, output)
  })

  it("Ctrl-C takes it back too", async () => {
    slow(20_000)
    const ended = await onTerminal(
      ["token", "get", world.merchant, "--scope", "admin"],
      world.env,
      {
        typed: "\\x03",
        when: "1 s …"
      }
    )
    assert.match(ended.output, /1 s …(\^C)?\r.\[K$/)
    assert.strictEqual(ended.code, 130)
  })

  it("is quiet where each request is told", async () => {
    slow(1_500)
    const args = ["token", "get", world.merchant, "--scope", "admin", "--verbose"]
    const { output } = await onTerminal(args, world.env)
    assert.include(output, "→ POST")
    assert.notInclude(output, clear)
  })
})
