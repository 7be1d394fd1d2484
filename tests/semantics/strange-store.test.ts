import { assert, it } from "@effect/vitest"
import type { TokenKey } from "@onbehalf/core/TokenKey"
import { type StoredToken, TokenStore } from "@onbehalf/core/TokenStore"
import * as MemoryStore from "@onbehalf/store-memory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { minting } from "../../packages/core/test/support/upstream.ts"
import { grantFor, withBroker } from "../support/broker.ts"

it.effect("a store may be an object of a class, and die where it lets go of a lease", () => {
  const shared = Effect.runSync(MemoryStore.make())
  class Remote {
    get changes() {
      return shared.changes
    }
    get entries() {
      return shared.entries
    }
    peek(key: TokenKey) {
      return shared.peek(key)
    }
    epoch() {
      return shared.epoch()
    }
    get(key: TokenKey) {
      return shared.get(key)
    }
    put(stored: StoredToken, generation: number) {
      return shared.put(stored, generation)
    }
    remove(key: TokenKey, id: string) {
      return shared.remove(key, id)
    }
    revoke(owner: string) {
      return shared.revoke(owner)
    }
    lease() {
      return Effect.acquireRelease(Effect.succeed({ fence: 1 }), () =>
        Effect.die(new Error("canary-of-a-client"))
      )
    }
  }
  return withBroker(
    minting,
    (broker, asked) =>
      Effect.gen(function* () {
        const grant = yield* grantFor("merchant-1")
        const token = yield* broker.acquire(grant)
        assert.strictEqual((yield* broker.acquire(grant)).id, token.id)
        assert.strictEqual((yield* broker.entries).length, 1)
        assert.strictEqual(asked.length, 1)
      }),
    { store: Layer.succeed(TokenStore, new Remote()) }
  )
})
