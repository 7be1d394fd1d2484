import { assert, describe, it } from "@effect/vitest"
import { vi } from "vitest"
import { assertFailed, assertSilent, start } from "./support/cli.ts"
import { makeWorld } from "./support/world.ts"

const world = makeWorld()

const args = (script: string, ...flags: ReadonlyArray<string>) => [
  "exec",
  world.merchant,
  "--scope",
  "admin",
  ...flags,
  "--",
  "/bin/sh",
  "-c",
  script
]

describe("exec", () => {
  it("gives a program the token of that merchant, and its own output and input", async () => {
    const ended = await world.run(args("read line; echo $line; echo $NUAPAY_TOKEN"), {
      input: "from stdin\n"
    })
    assertSilent(ended)
    const [line, token] = ended.stdout.split("\n")
    assert.strictEqual(line, "from stdin")
    const answer = await fetch(`${world.simulator.url}/mandates`, {
      headers: { authorization: `Bearer ${token}` }
    })
    assert.include(await answer.text(), world.merchant)
  })

  it("in a variable of another name", async () => {
    const ended = await world.run(args('echo "${#TOKEN} ${NUAPAY_TOKEN-none}"', "--env", "TOKEN"))
    assert.match(ended.stdout, /^7\d\d\d none\n$/)
    assertFailed(await world.run(args(":", "--env", "A=B")), 2, /--env/)
  })

  it("and nothing of an earlier one is left", async () => {
    const ended = await world.run(args('echo "${NUAPAY_TOKEN-none}"', "--env", "TOKEN"), {
      env: { NUAPAY_TOKEN: "stale" }
    })
    assert.strictEqual(ended.stdout, "none\n")
  })

  it("tells it until when the token is good, in a variable beside it", async () => {
    const script = "echo ${NUAPAY_TOKEN_EXPIRES_AT-none} ${TOKEN_EXPIRES_AT-none}"
    const stale = { env: { NUAPAY_TOKEN_EXPIRES_AT: "stale" } }
    const [first = "", none] = (await world.run(args(script))).stdout.trim().split(" ")
    const left = Date.parse(first) - Date.now()
    assert.isTrue(left > 500_000 && left <= 570_000, `${left}`)
    assert.strictEqual(none, "none")
    const other = await world.run(args(script, "--env", "TOKEN"), stale)
    assert.match(other.stdout, /^none \d{4}-\S+Z\n$/)
  })

  /** What Nuapay gives next lives so long, whatever was asked for. In milliseconds. */
  const limitLife = (life: number) => {
    const createdTimestamp = Date.now()
    const data = { createdTimestamp, expiryTime: createdTimestamp + life }
    world.simulator.addFault({ kind: "override", data, times: 1 })
  }

  /** Of such a one, so much that less than half of the ten minutes is left. */
  const isUsedUp = () =>
    vi.waitUntil(
      async () => {
        const { stdout } = await world.run(["token", "list", "--output", "json"])
        const [held] = JSON.parse(stdout) as ReadonlyArray<{ readonly expiresIn: number }>
        return (held?.expiresIn ?? 0) < 329
      },
      { timeout: 60_000 }
    )

  const exec = async () => {
    const ended = await world.run(args("echo $NUAPAY_TOKEN"))
    assertSilent(ended)
    return ended.stdout
  }

  it("takes a token from the store while half of what was asked for is left, else a new one", async () => {
    const get = ["token", "get", world.merchant, "--scope", "admin"]
    // Good for 304 seconds, of which 300 are half of the ten minutes that are asked for.
    limitLife(334_000)
    const first = (await world.run(get)).stdout
    await isUsedUp()
    assert.strictEqual((await world.run(get)).stdout, first)
    const next = await exec()
    assert.notStrictEqual(next, first)
    assert.strictEqual(await exec(), next)
    assert.strictEqual((await world.run(get)).stdout, next)
  })

  it("takes what there is where Nuapay gives none for longer (invariant 6)", async () => {
    limitLife(200_000)
    const ended = await world.run(args("echo ran"))
    assert.strictEqual(ended.stdout, "ran\n")
    assert.match(
      ended.stderr,
      /^onbehalf: the token is good for [23]m[^:]*: Nuapay gave none for longer\n$/
    )
    assert.strictEqual(world.simulator.counters["requestTokenForOrganisation"], 1)
  })

  it("takes what there is where Nuapay gives none at all (invariant 6)", async () => {
    limitLife(334_000)
    const first = (await world.run(["token", "get", world.merchant, "--scope", "admin"])).stdout
    await isUsedUp()
    world.simulator.addFault({ kind: "status", status: 403 })
    const ended = await world.run(args("echo $NUAPAY_TOKEN"))
    assert.strictEqual(ended.stdout, first)
    assert.match(ended.stderr, /Nuapay gave none for longer/)
  })

  it.each(["PATH", "NUAPAY_API_KEY", "ONBEHALF_SEAL_KEY"])(
    "in no variable that means something else: %s",
    async (name) => {
      assertFailed(await world.run(args(":", "--env", name)), 2, /--env/)
    }
  )

  it("says that what Node refuses at once did not start", async () => {
    const long = `/${"x".repeat(5_000)}`
    const flags = ["--scope", "admin", "--"]
    const ended = await world.run(["exec", world.merchant, ...flags, long])
    assert.strictEqual(ended.code, 126, ended.stderr)
    assert.match(ended.stderr, /did not start/)
  })

  it("does not hand on our own secrets (invariant 7)", async () => {
    const ended = await world.run(args("env"), {
      env: { NUAPAY_STANDBY_API_KEY: "standbyKey-5ecret", LEFT: "alone" }
    })
    assert.notMatch(ended.stdout, /API_KEY|5ecret/)
    assert.include(ended.stdout, "LEFT=alone\n")
  })

  it("ends as the program ends", async () => {
    assert.strictEqual((await world.run(args("exit 7"))).code, 7)
    assert.strictEqual((await world.run(args("kill -KILL $$"))).code, 137)
    const missing = await world.run([
      "exec",
      world.merchant,
      "--scope",
      "admin",
      "--",
      "nosuchprogram"
    ])
    assertFailed(missing, 127, /nosuchprogram did not start/)
  })

  it.each(["SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGINT", "SIGQUIT"] as const)(
    "passes %s on, where no terminal has sent it to all",
    async (signal) => {
      const name = signal.slice("SIG".length)
      const { child, ended } = start(
        args(
          `trap 'echo caught; exit 3' ${name}; echo ready; for turn in $(seq 300); do sleep 0.1; done`
        ),
        { env: world.env, detached: true }
      )
      let output = ""
      child.stdout.on("data", (chunk: Buffer) => {
        output += chunk.toString()
        if (chunk.toString().includes("ready")) child.kill(signal)
      })
      assert.strictEqual(await ended, 3)
      assert.include(output, "caught")
    }
  )

  it.each(["SIGTERM", "SIGINT", "SIGHUP", "SIGKILL"] as const)(
    "ends by %s where that ended the program",
    async (signal) => {
      const { child, ended } = start(args(`kill -${signal.slice("SIG".length)} $$`), {
        env: world.env
      })
      await ended
      assert.strictEqual(child.signalCode, signal)
    }
  )

  it("leaves no dump of its own memory where the program left one (invariant 7)", async () => {
    const { child, ended } = start(args("kill -ABRT $$"), { env: world.env })
    assert.strictEqual(await ended, 134)
    assert.isNull(child.signalCode)
  })

  it("runs nothing without a token", async () => {
    world.simulator.addFault({ kind: "status", status: 403 })
    const ended = await world.run(args("echo ran"))
    assertFailed(ended, 4, /\[forbidden\]/)
  })
})
