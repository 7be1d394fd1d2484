import { assert, describe, it } from "@effect/vitest"
import { AccessToken, TokenId } from "@onbehalf/core"
import * as Lifetime from "@onbehalf/core/Lifetime"
import type { TokenKey } from "@onbehalf/core/TokenKey"
import { type StoredToken, TokenStore } from "@onbehalf/core/TokenStore"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Generations from "../src/Generations.ts"
import { layer, type MemoryStoreOptions } from "../src/index.ts"

const key = (owner: string, grant = "admin"): TokenKey => ({
  text: `${owner}/${grant}`,
  owner,
  organisation: owner
})

const stored = (key: TokenKey, id: string): StoredToken => ({
  key,
  lifetime: Lifetime.make(0, 600_000, 0),
  token: new AccessToken({
    id: TokenId.make(id),
    organisation: key.owner,
    scopes: ["admin"],
    resourceId: undefined,
    value: Redacted.make(`text-${id}`)
  })
})

const using = <A, E>(
  use: (store: TokenStore["Service"]) => Effect.Effect<A, E>,
  options?: MemoryStoreOptions
) => TokenStore.use(use).pipe(Effect.provide(layer(options)))

describe("MemoryStore", () => {
  it.effect("gives back what was put, under its own key only", () =>
    using((store) =>
      Effect.gen(function* () {
        const token = stored(key("m1"), "t1")
        assert.strictEqual(yield* store.put(token, 0), "stored")
        assert.strictEqual(store.peek(key("m1")), token)
        assert.strictEqual((yield* store.get(key("m1"))).held, token)
        assert.strictEqual(store.peek(key("m1", "other")), undefined)
        assert.strictEqual(store.peek(key("m2")), undefined)
      })
    )
  )

  it.effect("remove compares: only that token goes", () =>
    using((store) =>
      Effect.gen(function* () {
        yield* store.put(stored(key("m1"), "t1"), 0)
        assert.isFalse(yield* store.remove(key("m1"), "t0"))
        assert.isTrue(yield* store.remove(key("m1"), "t1"))
        assert.isFalse(yield* store.remove(key("m1"), "t1"))
        assert.strictEqual(store.peek(key("m1")), undefined)
      })
    )
  )

  it.effect("T24: after a revocation, what was read before it is superseded", () =>
    using((store) =>
      Effect.gen(function* () {
        const before = yield* store.get(key("m1"))
        yield* store.put(stored(key("m1"), "t1"), before.generation)
        yield* store.put(stored(key("m1", "other"), "t2"), before.generation)
        yield* store.put(stored(key("m2"), "t3"), before.generation)
        assert.strictEqual(yield* store.revoke("m1"), 2)
        assert.strictEqual(store.peek(key("m1")), undefined)
        assert.strictEqual(store.peek(key("m2"))?.token.id as string, "t3")
        const late = yield* store.put(stored(key("m1"), "t4"), before.generation)
        assert.strictEqual(late, "superseded")
        assert.strictEqual(store.peek(key("m1")), undefined)
        const after = yield* store.get(key("m1"))
        assert.strictEqual(yield* store.put(stored(key("m1"), "t5"), after.generation), "stored")
        // Another merchant's revocation is none of this one's business.
        assert.strictEqual(yield* store.put(stored(key("m2"), "t6"), before.generation), "stored")
      })
    )
  )

  it.effect("is bounded, and forgets the owner's index with the token", () =>
    using(
      (store) =>
        Effect.gen(function* () {
          for (let index = 0; index < 10; index++) {
            yield* store.put(stored(key(`m${index}`), `t${index}`), 0)
          }
          assert.strictEqual((yield* store.entries).length, 3)
          assert.strictEqual(yield* store.revoke("m0"), 0)
          assert.strictEqual(yield* store.revoke("m9"), 1)
        }),
      { maximumTokens: 3 }
    )
  )

  it.effect("entries hold no secret", () =>
    using((store) =>
      Effect.gen(function* () {
        yield* store.put(stored(key("m1"), "t1"), 0)
        const [entry] = yield* store.entries
        assert.strictEqual(entry?.id as string, "t1")
        assert.notProperty(entry, "token")
        assert.notInclude(JSON.stringify(entry), "text-t1")
      })
    )
  )
})

describe("Generations", () => {
  it("T24: an owner that was forgotten is refused rather than let through", () => {
    const generations = Generations.make(2)
    const read = generations.current()
    for (const owner of ["m1", "m2", "m3"]) generations.advance(owner)
    assert.isTrue(generations.hasPassed("m1", read))
    assert.isTrue(generations.hasPassed("never-revoked", read))
    assert.isFalse(generations.hasPassed("never-revoked", generations.current()))
  })
})
