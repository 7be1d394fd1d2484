import type { PromiseTokenBroker } from "@onbehalf/core"
import { once } from "node:events"
import type { AddressInfo } from "node:net"
import { assert, describe, it } from "vitest"
import { createPortal, mostSessions } from "../src/portal.ts"

const broker = {
  organisation: (id: string) => Promise.resolve({ id, status: "ACTIVE" }),
  forOrganisation: () => Promise.resolve({ fetch: () => Promise.resolve(Response.json([])) })
} as unknown as PromiseTokenBroker

describe("the portal", () => {
  it("keeps so many sessions and no more: who was not seen for longest signs in again", async () => {
    const server = createPortal(broker).listen(0, "127.0.0.1")
    await once(server, "listening")
    const portal = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const signIn = async (): Promise<string> => {
      const answer = await fetch(`${portal}/demo/sign-in/m1`, { redirect: "manual" })
      return answer.headers.getSetCookie()[0]?.split(";")[0] ?? ""
    }
    const visit = async (cookie: string): Promise<number> =>
      (await fetch(`${portal}/mandates`, { headers: { cookie } })).status
    try {
      const first = await signIn()
      const second = await signIn()
      for (let count = 2; count < mostSessions; count++) await signIn()
      assert.strictEqual(await visit(first), 200)
      const last = await signIn()
      assert.strictEqual(await visit(first), 200)
      assert.strictEqual(await visit(second), 401)
      assert.strictEqual(await visit(last), 200)
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })
})
