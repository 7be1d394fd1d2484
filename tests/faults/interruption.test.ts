import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { minting, settle } from "../../packages/core/test/support/upstream.ts"
import { runNode } from "../support/process.ts"
import { grantFor, withBroker } from "../support/broker.ts"

describe("F38: callers interrupted at every yield point of a flight", () => {
  it.effect("the others get the token of the one flight, and nothing is left behind", () =>
    withBroker(
      async (asked, count) => {
        for (let turn = 0; turn < 3; turn++) await Promise.resolve()
        return minting(asked, count)
      },
      (broker, asked) =>
        Effect.gen(function* () {
          for (let point = 0; point < 120; point++) {
            const grant = yield* grantFor(`merchant-${point}`)
            const source = yield* broker.source(grant)
            const doomed = yield* Effect.forkChild(source.token())
            const other = yield* Effect.forkChild(source.token())
            for (let turn = 0; turn < point; turn++) yield* Effect.yieldNow
            yield* Fiber.interrupt(doomed)
            assert.strictEqual((yield* Fiber.join(other)).organisation, `merchant-${point}`)
            const left = yield* broker.explain(grant)
            assert.strictEqual(left.flight, "none")
            assert.strictEqual(left.waiting, 0)
          }
          assert.strictEqual(asked.length, 120)
        })
    )
  )

  it.effect("a broker that is closed at any of them ends every caller", () =>
    Effect.gen(function* () {
      for (let point = 0; point < 60; point++) {
        const caller = yield* withBroker(minting, (broker) =>
          Effect.gen(function* () {
            const source = yield* broker.source(yield* grantFor("merchant-1"))
            const fiber = yield* Effect.forkDetach(source.token())
            for (let turn = 0; turn < point; turn++) yield* Effect.yieldNow
            return fiber
          })
        )
        yield* settle
        const exit = yield* Fiber.await(caller)
        if (Exit.isFailure(exit)) {
          assert.include(JSON.stringify(exit), "broker_closed")
        }
      }
    })
  )
})

describe("F37: SIGTERM while a token is being fetched", () => {
  it("the process ends at once and cleanly", async () => {
    const script = `
      import { createTokenBroker } from "@onbehalf/core"
      import { memoryStore } from "@onbehalf/store-memory"
      const broker = await createTokenBroker({
        apiKey: "key", environment: "sandbox", store: memoryStore(), fetch: () => new Promise(() => {})
      })
      const merchant = await broker.forOrganisation("m1", { scopes: ["admin"] })
      process.once("SIGTERM", async () => { await broker.close(); await waiting; console.log("closed"); process.exit(0) })
      const waiting = merchant.token().catch((error) => console.log(error.code))
      setTimeout(() => {}, 60000)
      console.log("waiting")
    `
    const ended = await runNode(["--input-type=module", "--eval", script], {
      cwd: "tests",
      watch: (text, kill) => {
        if (text === "waiting\n") kill("SIGTERM")
      }
    })
    assert.strictEqual(ended.code, 0, ended.stderr)
    assert.sameMembers(ended.stdout.trim().split("\n"), ["waiting", "broker_closed", "closed"])
  })
})
