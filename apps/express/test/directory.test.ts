import { afterEach, assert, beforeEach, describe, it, vi } from "@effect/vitest"
import type { PromiseTokenBroker } from "@onbehalf/core"
import { Directory } from "../src/internal/directory.ts"
import { Waiting } from "../src/internal/waiting.ts"

let now = 0

/** The cache has read the clock's object when it was loaded, and looks at it once a millisecond at most. */
beforeEach(() => {
  now = 1_000
  vi.spyOn(performance, "now").mockImplementation(() => now)
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
})

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const advance = (milliseconds: number): void => {
  now += milliseconds
  vi.advanceTimersByTime(milliseconds)
}

/** A directory on a broker that lists what it is told to, or fails. */
const directoryOn = (
  lists: Array<ReadonlyArray<string> | Error | Promise<never>>,
  waiting = new Waiting(10),
  status = "ACTIVE"
) => {
  const asked: Array<unknown> = []
  const organisations: PromiseTokenBroker["organisations"] = async (filter) => {
    asked.push(filter)
    const next = await lists.shift()
    if (next === undefined || next instanceof Error) throw next ?? new Error("not told")
    return {
      organisations: next.map((id) => ({ id, status })),
      pageNumber: 1
    } as unknown as Awaited<ReturnType<PromiseTokenBroker["organisations"]>>
  }
  const broker = Promise.resolve({ organisations } as PromiseTokenBroker)
  const directory = new Directory(broker, waiting)
  return {
    asked,
    directory,
    has: async (id: string) => directory.known(id) ?? directory.ask(id),
    /** What is asked in the background has been answered. */
    settled: async () => {
      await waiting.idle(0)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
}

describe("the directory", () => {
  it("asks for this merchant alone, active, at any depth", async () => {
    const { asked, has } = directoryOn([["m1"]])
    assert.isTrue(await has("m1"))
    assert.deepStrictEqual(asked, [{ organisationIds: ["m1"], status: "ACTIVE", recursive: true }])
  })

  it("who is listed and not active is refused, where the server does not look at the filter", async () => {
    const { has } = directoryOn([["m1"]], new Waiting(10), "DISABLED")
    assert.isFalse(await has("m1"))
  })

  it("trusts a yes for five minutes, a no for ten seconds", async () => {
    const { asked, has, settled } = directoryOn([["m1"], [], [], []])
    await has("m1")
    await has("m2")
    advance(9_000)
    await has("m2")
    assert.strictEqual(asked.length, 2)
    advance(2_000)
    assert.isFalse(await has("m2"))
    assert.strictEqual(asked.length, 3)
    advance(288_000)
    assert.isTrue(await has("m1"))
    assert.strictEqual(asked.length, 3)
    advance(2_000)
    // What it said last, once more, while it is asked.
    assert.isTrue(await has("m1"))
    await settled()
    assert.isFalse(await has("m1"))
  })

  it("invariant 6: Nuapay hangs: who was listed goes on at once, asked for once, with one place", async () => {
    const waiting = new Waiting(10)
    const { asked, directory, has } = directoryOn([["m1"], new Promise(() => undefined)], waiting)
    await has("m1")
    advance(300_001)
    for (let turn = 0; turn < 20; turn++) assert.isTrue(directory.known("m1"))
    await Promise.resolve()
    assert.strictEqual(asked.length, 2)
    assert.strictEqual(waiting.count, 1)
  })

  it("with no place left nothing is asked, and what it said last stands", async () => {
    const waiting = new Waiting(1)
    const { asked, directory, has } = directoryOn([["m1"], []], waiting)
    await has("m1")
    advance(300_001)
    const leave = waiting.enter()
    assert.isTrue(directory.known("m1"))
    assert.strictEqual(asked.length, 1)
    leave()
    // It has heard by now that there was none.
    await new Promise((resolve) => setImmediate(resolve))
    assert.isTrue(directory.known("m1"))
    await waiting.idle(0)
    assert.isFalse(await has("m1"))
  })

  it("invariant 6: while Nuapay is in trouble, what it said last stands; it is asked again soon", async () => {
    const trouble = new Error("down")
    const { asked, has, settled } = directoryOn([["m1"], trouble, trouble, []])
    await has("m1")
    advance(300_001)
    assert.isTrue(await has("m1"))
    await settled()
    assert.isTrue(await has("m1"))
    assert.strictEqual(asked.length, 2)
    advance(10_001)
    assert.isTrue(await has("m1"))
    await settled()
    advance(10_001)
    assert.isTrue(await has("m1"))
    await settled()
    assert.isFalse(await has("m1"))
  })

  it("who was never listed is not let in while it is in trouble, and a failure is not remembered", async () => {
    const { has } = directoryOn([new Error("down"), ["m1"]])
    assert.strictEqual(await has("m1").catch((error: Error) => error.message), "down")
    assert.isTrue(await has("m1"))
  })

  it("forgets on demand, also while it asks", async () => {
    const { asked, directory, has } = directoryOn([["m1"], ["m1"]])
    const first = has("m1")
    directory.forget("m1")
    assert.isTrue(await first)
    assert.isTrue(await has("m1"))
    assert.strictEqual(asked.length, 2)
  })
})
