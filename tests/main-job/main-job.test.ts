import { assert, describe, it } from "@effect/vitest"
import { startSimulator } from "@onbehalf/simulator"
import { createServer } from "node:net"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { codeBlocks } from "../support/codeBlocks.ts"
import { root, run, runNode } from "../support/process.ts"

const main = "examples/merchant-portal/src/main.ts"

/** What changes from run to run: ports, times, ids. */
const normalised = (text: string): string =>
  text
    .replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:PORT")
    .replaceAll(/ +[\d.]+ ms/g, " N ms")
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID")
    .trim()

const sandboxOn = (simulator: { readonly apiKey: string; readonly url: string }) => ({
  NUAPAY_API_KEY: simulator.apiKey,
  NUAPAY_ENVIRONMENT: "sandbox",
  NUAPAY_BASE_URL: simulator.url
})

const oneLine = (stderr: string): void => {
  assert.match(stderr, /^[^\n]+\n$/)
  assert.notInclude(stderr, "    at ")
}

describe("npm start", () => {
  it("--once walks, prints what the README says, and ends with 0", async () => {
    const ended = await runNode([main, "--once"])
    assert.strictEqual(ended.code, 0, ended.stderr)
    assert.strictEqual(ended.stderr, "")
    const tour = codeBlocks(join(root, "README.md")).find((block) => block.language === "console")
    assert.strictEqual(normalised(ended.stdout), normalised(tour?.code ?? "no tour"))
    assert.notInclude(ended.stdout, "eyJ")
    assert.notInclude(ended.stdout, "\u001b[")
  })

  it("stays up, its three commands work, and Ctrl-C ends it with 0", async () => {
    const visited: Array<Promise<void>> = []
    const ended = await runNode([main, "--port", "0", "--simulator-port", "0"], {
      watch: (text, kill) => {
        if (visited.length > 0 || !text.includes("Ctrl-C ends it.")) return
        visited.push(visit(text).finally(() => kill("SIGINT")))
      }
    })
    await Promise.all(visited)
    assert.strictEqual(visited.length, 1)
    assert.strictEqual(ended.code, 0, ended.stderr)
    assert.include(ended.stdout, "Stopped.")
  })

  it("uses what NUAPAY_API_KEY and NUAPAY_ENVIRONMENT=sandbox say instead of a simulator of its own", async () => {
    const simulator = await startSimulator({ port: 0 })
    const ended = await runNode([main, "--once"], {
      settings: {
        NUAPAY_API_KEY: simulator.apiKey,
        NUAPAY_ENVIRONMENT: "sandbox",
        NUAPAY_BASE_URL: simulator.url
      }
    })
    await simulator.close()
    assert.strictEqual(ended.code, 0, ended.stderr)
    assert.include(ended.stdout, `with ${simulator.url}`)
    assert.strictEqual(simulator.counters["requestTokenForOrganisation"], 2)
  })

  it("a simulator of its own is not confused by settings for the real one", async () => {
    const ended = await runNode([main, "--once"], {
      settings: { NUAPAY_ORGANISATION_PREFIX: "/cust", NUAPAY_STANDBY_API_KEY: "a b" }
    })
    assert.strictEqual(ended.code, 0, ended.stderr)
  })

  it("a step that fails, a token that is not revoked: not 0", async () => {
    const simulator = await startSimulator({ port: 0 })
    simulator.addFault({
      kind: "status",
      status: 403,
      match: { operation: "revokeTokenForOrganisation" }
    })
    const ended = await runNode([main, "--once"], { settings: sandboxOn(simulator) })
    await simulator.close()
    assert.strictEqual(ended.code, 1)
    assert.include(ended.stderr, "not revoked")
    oneLine(ended.stderr)
  })

  it("Ctrl-C in the middle of the walk ends it at once", async () => {
    const simulator = await startSimulator({ port: 0 })
    simulator.addFault({ kind: "hang", match: { operation: "requestTokenForOrganisation" } })
    const ended = await runNode([main, "--once"], {
      settings: sandboxOn(simulator),
      watch: (text, kill) => {
        if (text.includes("List organisations")) kill("SIGINT")
      }
    })
    await simulator.close()
    assert.strictEqual(ended.code, 1)
    assert.include(ended.stderr, "Stopped")
    oneLine(ended.stderr)
  }, 10_000)

  it("a wrong API key: one line that says what to do, and not 0", async () => {
    const simulator = await startSimulator({ port: 0 })
    const ended = await runNode([main, "--once"], {
      settings: {
        NUAPAY_API_KEY: "canary-wrong-key",
        NUAPAY_ENVIRONMENT: "sandbox",
        NUAPAY_BASE_URL: simulator.url
      }
    })
    await simulator.close()
    assert.strictEqual(ended.code, 1)
    assert.include(ended.stderr, "NUAPAY_API_KEY")
    assert.notInclude(ended.stderr + ended.stdout, "canary-wrong-key")
    oneLine(ended.stderr)
  })

  it.each([
    [{ NUAPAY_API_KEY: "key", NUAPAY_ENVIRONMENT: "live" }, "does not run against live"],
    [{ NUAPAY_API_KEY: "key" }, "NUAPAY_ENVIRONMENT=sandbox"],
    [
      {
        NUAPAY_API_KEY: "key",
        NUAPAY_ENVIRONMENT: "sandbox",
        NUAPAY_BASE_URL: "http://nuapay.com"
      },
      "NUAPAY_BASE_URL"
    ],
    [
      {
        NUAPAY_API_KEY: "key",
        NUAPAY_ENVIRONMENT: "sandbox",
        NUAPAY_BASE_URL: "https://u:canary@sandbox.nuapay.com"
      },
      "must not contain credentials"
    ]
  ] as const)("bad settings %j: one line", async (environment, expected) => {
    const ended = await runNode([main, "--once"], { settings: environment })
    assert.strictEqual(ended.code, 1)
    assert.include(ended.stderr, expected)
    assert.notInclude(ended.stderr, "canary")
    oneLine(ended.stderr)
  })

  it.each(["--port", "--simulator-port"])(
    "a port in use (%s): one line that names it",
    async (flag) => {
      const taken = createServer()
      await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve))
      const { port } = taken.address() as AddressInfo
      const ended = await runNode([main, "--once", flag, String(port)])
      await new Promise((resolve) => taken.close(resolve))
      assert.strictEqual(ended.code, 1)
      assert.include(ended.stderr, String(port))
      assert.include(
        ended.stderr,
        `in use: end what listens there, or choose another with ${flag}\n`
      )
      oneLine(ended.stderr)
    }
  )

  it("a flag that does not exist, a port that is none: one line", async () => {
    for (const args of [["--nope"], ["--port", "x"]]) {
      const ended = await runNode([main, ...args])
      assert.strictEqual(ended.code, 1)
      oneLine(ended.stderr)
    }
  })
})

/** What the commands do: the first as curl would, the others as they are printed. */
const visit = async (text: string): Promise<void> => {
  const [, fields = "", signIn = ""] = /curl -sL --cookie '' -d (\S+) (\S+)/.exec(text) ?? []
  const portal = new URL(signIn).origin
  const anonymous = await fetch(`${portal}/payments`)
  assert.strictEqual(anonymous.status, 401)
  const enter = (body: string) =>
    fetch(signIn, { method: "POST", body: new URLSearchParams(body), redirect: "manual" })
  const signedIn = await enter(fields)
  const cookie = signedIn.headers.getSetCookie()[0]?.split(";")[0] ?? ""
  const page = await fetch(new URL(signedIn.headers.get("location") ?? "", portal), {
    headers: { cookie }
  })
  assert.strictEqual(page.status, 200)
  assert.include(await page.text(), "Mandates")
  assert.strictEqual((await enter("merchant=nobody")).status, 403)
  const own = new URLSearchParams(fields).get("merchant") ?? "no merchant"
  const commands = text.split("\n").filter((line) => /^ {2}(export|npm) /.test(line))
  const typed = await run("bash", ["-ec", commands.join("\n")])
  assert.strictEqual(typed.code, 0, typed.stderr)
  assert.include(typed.stdout, own)
  assert.include(typed.stdout, '"data"')
}
