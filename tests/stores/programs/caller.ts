/**
 * A process with a broker on a file store; does what it is told on stdin, line by line:
 * `caller.ts <folder> <url> <API key> <merchant>`.
 */
import { createTokenBroker, tieredStore } from "@onbehalf/core"
import { fileStore } from "@onbehalf/store-file"
import { memoryStore } from "@onbehalf/store-memory"
import { createInterface } from "node:readline"

const [directory = "", baseUrl = "", apiKey = "", merchant = ""] = process.argv.slice(2)
const sealKey = Buffer.alloc(32, 1).toString("base64")

const broker = await createTokenBroker({
  apiKey,
  baseUrl,
  environment: "sandbox",
  store: tieredStore({ near: memoryStore(), far: fileStore({ directory, sealKey }) })
})
const handle = await broker.forOrganisation(merchant, { scopes: ["admin"] })

const say = (what: string, value: unknown): void => {
  process.stdout.write(`${what} ${JSON.stringify(value)}\n`)
}

const commands: Readonly<Record<string, () => Promise<void>>> = {
  /** As many callers at once. Which tokens they got, and when the first had it. */
  call: async () => {
    const times: Array<number> = []
    const tokens = await Promise.all(
      Array.from({ length: 500 }, async () => {
        const { id } = await handle.token()
        times.push(performance.timeOrigin + performance.now())
        return id
      })
    )
    say("called", { ids: [...new Set(tokens)], first: Math.min(...times) })
  },
  revoke: async () => say("revoked", await broker.revokeOrganisation(merchant)),
  /** When the token is no longer handed out without asking. */
  watch: async () => {
    say("watching", handle.peek()?.id)
    while (handle.peek() !== undefined) await new Promise((resolve) => setTimeout(resolve, 1))
    say("gone", performance.timeOrigin + performance.now())
  },
  end: () => broker.close().then(() => process.exit(0))
}

say("ready", process.pid)
for await (const line of createInterface({ input: process.stdin })) void commands[line]?.()
