import { assert, describe, it } from "@effect/vitest"
import type { TokenStore } from "@onbehalf/core/TokenStore"
import * as Effect from "effect/Effect"
import { type Child, startNode } from "./support/child.ts"
import { heldIn, keep, key, open } from "./support/store.ts"
import { temporaryFolder } from "./support/temporaryFolder.ts"

/** Another process with the lease. */
const holder = (directory: string) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const fences: Array<number> = []
      const child = startNode("holder.ts", [directory], (line) => {
        if (line.startsWith("fence")) fences.push(Number(line.slice(6)))
      })
      while (fences.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
      return { child, fence: fences[0] ?? Number.NaN }
    }),
    ({ child }) => Effect.sync(() => child.process.kill("SIGKILL"))
  )

/** Milliseconds. A holder that is silent for five seconds has lost its lease; a busy machine adds to that. */
const takenOverWithin = 8_000

/** Asks for the lease as a waiter does, until it is given. Milliseconds that it took, and the fence. */
const takeOver = (store: TokenStore["Service"]) =>
  Effect.gen(function* () {
    const began = performance.now()
    for (;;) {
      const lease = yield* store.lease(key("m1"), 10_000)
      if (lease !== undefined) return { fence: lease.fence, took: performance.now() - began }
      yield* Effect.sleep(50)
    }
  })

const signal = (child: Child, name: NodeJS.Signals) =>
  Effect.sync(() => {
    child.process.kill(name)
  })

describe("leases between processes", () => {
  it.live("T22: a lease is kept for as long as its holder lives, and lost soon after a kill", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryFolder
      const store = yield* open(directory)
      const { child, fence } = yield* holder(directory)
      yield* Effect.sleep(6_000)
      assert.isUndefined(yield* store.lease(key("m1"), 1_000))
      yield* signal(child, "SIGKILL")
      assert.isUndefined(yield* store.lease(key("m1"), 1_000))
      const next = yield* takeOver(store)
      assert.isAtMost(next.took, takenOverWithin)
      assert.isAbove(next.fence, fence)
    })
  )

  it.live("T22: a holder that slept past its lease puts nothing while another holds it", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryFolder
      const store = yield* open(directory)
      const { child } = yield* holder(directory)
      yield* signal(child, "SIGSTOP")
      assert.isAtMost((yield* takeOver(store)).took, takenOverWithin)
      yield* signal(child, "SIGCONT")
      child.process.stdin?.write("put\n")
      yield* Effect.promise(() => child.said("superseded"))
      assert.isUndefined(yield* heldIn(store, key("m1")))
      yield* keep(store, key("m1"), "next")
      assert.strictEqual(yield* heldIn(store, key("m1")), "next")
    })
  )

  it.live(
    "T22: a holder that slept past its lease overwrites nothing when the next has come and gone",
    () =>
      Effect.gen(function* () {
        const directory = yield* temporaryFolder
        const store = yield* open(directory)
        const { child } = yield* holder(directory)
        yield* signal(child, "SIGSTOP")
        yield* Effect.scoped(Effect.andThen(takeOver(store), keep(store, key("m1"), "next")))
        yield* signal(child, "SIGCONT")
        child.process.stdin?.write("put\n")
        yield* Effect.promise(() => child.said("superseded"))
        assert.strictEqual(yield* heldIn(store, key("m1")), "next")
      })
  )
})
