import { assert, describe, it } from "@effect/vitest"
import type { GrantHandle, PromiseTokenBroker } from "@onbehalf/core"
import { Handles } from "../src/internal/handles.ts"

const usual = { scopes: ["admin"] }

const made = () => {
  const broker = {
    forOrganisation: async (id: string) => ({ id }) as unknown as GrantHandle,
    forApplication: async (grant: object) => grant as unknown as GrantHandle
  } as unknown as PromiseTokenBroker
  return new Handles(Promise.resolve(broker), usual)
}

describe("the handles that are kept", () => {
  it("invariant 8: are so many, and a merchant who keeps coming is not pushed out", async () => {
    const handles = made()
    const busy = await handles.open("busy", usual)
    await handles.open("idle", usual)
    for (let count = 0; count < 10_000; count++) {
      await handles.open(`m${count}`, usual)
      assert.strictEqual(handles.find("busy", usual), busy)
    }
    assert.isUndefined(handles.find("idle", usual))
  })

  it("neither is one by the grants of others, nor another grant that is still used", async () => {
    const handles = made()
    const busy = await handles.open("busy", usual)
    const payments = { scopes: ["payments"] }
    const other = await handles.open("busy", payments)
    for (let count = 0; count < 10_001; count++) {
      await handles.open("m", { products: ["p"], resourceId: `r${count}` })
      assert.strictEqual(handles.find("busy", payments), other)
    }
    assert.strictEqual(handles.find("busy", usual), busy)
    assert.isUndefined(handles.find("m", { products: ["p"], resourceId: "r0" }))
  })
})
