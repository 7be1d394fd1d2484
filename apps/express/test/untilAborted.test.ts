import { assert, describe, it, vi } from "@effect/vitest"
import { getEventListeners } from "node:events"
import { untilAborted } from "../src/internal/untilAborted.ts"

describe("untilAborted", () => {
  it("begins nothing where it is over already", async () => {
    const begin = vi.fn(async () => "never")
    const reason = new Error("over")
    const outcome = await untilAborted(begin, AbortSignal.abort(reason)).catch((error) => error)
    assert.strictEqual(outcome, reason)
    assert.strictEqual(begin.mock.calls.length, 0)
  })

  it("leaves nothing on the signal of a request that makes many calls", async () => {
    const { signal } = new AbortController()
    assert.strictEqual(await untilAborted(async () => "done", signal), "done")
    await untilAborted(() => Promise.reject(new Error("failed")), signal).catch(() => undefined)
    assert.deepStrictEqual(getEventListeners(signal, "abort"), [])
  })

  it("what fails after nobody waits any more is heard of", async () => {
    const unheard = vi.fn<(reason: unknown) => void>()
    process.on("unhandledRejection", unheard)
    const { promise, reject } = Promise.withResolvers<never>()
    const controller = new AbortController()
    const waiting = untilAborted(() => promise, controller.signal).catch((error) => error)
    const reason = new Error("over")
    controller.abort(reason)
    assert.strictEqual(await waiting, reason)
    reject(new Error("late"))
    await new Promise((resolve) => setImmediate(resolve))
    process.off("unhandledRejection", unheard)
    assert.deepStrictEqual(unheard.mock.calls, [])
  })
})
