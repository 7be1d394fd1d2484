import { assert, describe, it } from "@effect/vitest"
import { startSimulator } from "@onbehalf/simulator"
import { once } from "node:events"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { connect, createServer, type AddressInfo } from "node:net"
import { join } from "node:path"
import { codeBlocks } from "../support/codeBlocks.ts"
import { root, runNode } from "../support/process.ts"

/** The page's own app and its end, which here has the time that a busy machine may need. */
const page = {
  ...Object.fromEntries(
    codeBlocks(join(root, "docs/express.md"))
      .filter(({ file }) => file !== undefined)
      .map(({ code, file = "" }) => [file, code.replace("5_000", "50_000")])
  ),
  "main.ts": `
import type { AddressInfo } from "node:net"
import { app, nuapay } from "./app.ts"
import { endOnSignal } from "./shutdown.ts"

const server = app.listen(0, "127.0.0.1", () => {
  console.log("http://127.0.0.1:" + (server.address() as AddressInfo).port)
})
endOnSignal(server, nuapay)
`
}

const isRefused = async (port: number): Promise<boolean> => {
  const socket = connect(port, "127.0.0.1")
  try {
    await once(socket, "connect")
    return false
  } catch {
    return true
  } finally {
    socket.destroy()
  }
}

/** On one connection: a request, and the beginning of another, whose rest comes when the end has begun. */
const talk = async (port: number, end: () => void): Promise<string> => {
  const socket = connect(port, "127.0.0.1")
  let heard = ""
  const answers = (count: number) =>
    new Promise<void>((resolve, reject) => {
      const look = () => heard.split("HTTP/1.1 ").length > count && resolve()
      socket.on("data", look).once("close", () => reject(new Error(heard)))
      look()
    })
  socket.on("data", (chunk: Buffer) => (heard += chunk.toString()))
  socket.write("GET /health HTTP/1.1\r\nHost: a\r\n\r\nGET /health HTTP/1.1\r\nHost: a\r\n")
  await answers(1)
  end()
  while (!(await isRefused(port)));
  socket.write("\r\n")
  await answers(2)
  socket.destroy()
  return heard
}

describe("the end that the documentation gives to an app", () => {
  const ends = async (file: string) => {
    const simulator = await startSimulator({ port: 0 })
    let talking: Promise<string> | undefined
    const ended = await runNode([file], {
      settings: { NUAPAY_API_KEY: simulator.apiKey, NUAPAY_BASE_URL: simulator.url, PORT: "0" },
      watch: (stdout, kill) => {
        const [, port] = /^http:.+:(\d+)\n/.exec(stdout) ?? []
        if (port !== undefined) talking ??= talk(Number(port), () => kill("SIGTERM"))
      }
    })
    await simulator.close()
    assert.strictEqual(ended.code, 0, ended.stderr)
    const [, first = "", second = ""] = (await talking)?.split("HTTP/1.1 ") ?? []
    assert.match(first, /^200 [^]*\r\nConnection: keep-alive\r\n/)
    // Else its client goes on with it, and loses the request that is under way when patience ends.
    assert.match(second, /^200 [^]*\r\nConnection: close\r\n/)
  }

  it("a connection that is kept alive ends with the request that it has", async () => {
    const folder = await mkdtemp(join(root, "tests/docs/run-"))
    try {
      for (const [name, text] of Object.entries(page)) await writeFile(join(folder, name), text)
      await ends(join(folder, "main.ts"))
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it("so it does in the example", () => ends("examples/express-memory/app.ts"))
})

describe("an example whose port is taken", () => {
  it.each(["express-memory", "express-redis"])("%s ends with it as an error", async (example) => {
    const taken = createServer().listen(0, "127.0.0.1")
    await once(taken, "listening")
    const ended = await runNode([`examples/${example}/app.ts`], {
      settings: {
        NUAPAY_API_KEY: "key",
        ONBEHALF_SEAL_KEY: Buffer.alloc(32).toString("base64"),
        PORT: String((taken.address() as AddressInfo).port),
        REDIS_URL: "redis://127.0.0.1:1"
      }
    })
    taken.close()
    assert.strictEqual(ended.code, 1, ended.stdout)
    assert.strictEqual(ended.stdout, "")
    assert.include(ended.stderr, "EADDRINUSE")
  })
})
