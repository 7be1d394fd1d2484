import { afterEach, assert, beforeEach, describe, it, vi } from "@effect/vitest"
import type { PromiseTokenBroker } from "@onbehalf/core"
import { Directory } from "../src/internal/directory.ts"

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
const directoryOn = (lists: Array<ReadonlyArray<string> | Error>) => {
  const asked: Array<unknown> = []
  const organisations: PromiseTokenBroker["organisations"] = async (filter) => {
    asked.push(filter)
    const next = lists.shift()
    if (next === undefined || next instanceof Error) throw next ?? new Error("not told")
    return {
      organisations: next.map((id) => ({ id, status: "ACTIVE" })),
      pageNumber: 1
    } as unknown as Awaited<ReturnType<PromiseTokenBroker["organisations"]>>
  }
  const directory = new Directory(Promise.resolve({ organisations } as PromiseTokenBroker))
  return { asked, has: async (id: string) => directory.has(id), directory }
}

describe("the directory", () => {
  it("asks for this merchant alone, active, at any depth", async () => {
    const { asked, has } = directoryOn([["m1"]])
    assert.isTrue(await has("m1"))
    assert.deepStrictEqual(asked, [{ organisationIds: ["m1"], status: "ACTIVE", recursive: true }])
  })

  it("trusts a yes for five minutes, a no for ten seconds", async () => {
    const { asked, has } = directoryOn([["m1"], [], [], []])
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
    assert.isFalse(await has("m1"))
  })

  it("invariant 6: while Nuapay is in trouble, what it said last stands; it is asked again soon", async () => {
    const trouble = new Error("down")
    const { asked, has } = directoryOn([["m1"], trouble, trouble, []])
    await has("m1")
    advance(300_001)
    assert.isTrue(await has("m1"))
    assert.isTrue(await has("m1"))
    assert.strictEqual(asked.length, 2)
    advance(10_001)
    assert.isTrue(await has("m1"))
    advance(10_001)
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
