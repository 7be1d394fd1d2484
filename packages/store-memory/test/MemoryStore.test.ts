import { assert, describe, it } from "@effect/vitest"
import { AccessToken, TokenId } from "@onbehalf/core"
import * as Lifetime from "@onbehalf/core/Lifetime"
import type { TokenKey } from "@onbehalf/core/TokenKey"
import { type StoredToken, TokenStore } from "@onbehalf/core/TokenStore"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import * as Feed from "@onbehalf/core/ChangeFeed"
import * as Generations from "../src/Generations.ts"
import { layer, type MemoryStoreOptions } from "../src/index.ts"
import { oldestOf } from "../src/oldest.ts"

// What every store promises is tried by the conformance suite (tests/stores); this is what only this one does.

const key = (owner: string, grant = "admin"): TokenKey => ({
  text: `${owner}/${grant}`,
  owner,
  organisation: owner
})

const stored = (key: TokenKey, id: string, life = 600_000, text = `text-${id}`): StoredToken => ({
  key,
  lifetime: Lifetime.make(0, life, 0),
  token: new AccessToken({
    id: TokenId.make(id),
    organisation: key.owner,
    scopes: ["admin"],
    resourceId: undefined,
    value: Redacted.make(text)
  })
})

const using = <A, E>(
  use: (store: TokenStore["Service"]) => Effect.Effect<A, E>,
  options?: MemoryStoreOptions
) => TokenStore.use(use).pipe(Effect.provide(layer(options)))

const idsIn = (store: TokenStore["Service"]) =>
  Effect.map(store.entries, (entries) => entries.map((entry): string => entry.id))

describe("MemoryStore", () => {
  it.effect(
    "invariant 8: bounded by count; the token that was fetched longest ago goes first",
    () =>
      using(
        (store) =>
          Effect.gen(function* () {
            for (let index = 0; index < 10; index++) {
              yield* store.put(stored(key(`m${index}`), `t${index}`), 0)
              // Renewed each time, so it stays.
              yield* store.put(stored(key("busy"), `b${index}`), 0)
              // Looked at each time, which is not fetching.
              yield* store.get(key("m0"))
            }
            assert.deepStrictEqual(yield* idsIn(store), ["t8", "t9", "b9"])
            assert.strictEqual(yield* store.revoke("m0"), 0)
            assert.strictEqual(yield* store.revoke("m9"), 1)
          }),
        { maximumTokens: 3 }
      )
  )

  it.effect("invariant 8: bounded by bytes", () =>
    using(
      (store) =>
        Effect.gen(function* () {
          const text = "x".repeat(16_384)
          for (let index = 0; index < 200; index++) {
            yield* store.put(stored(key(`m${index}`), `t${index}`, 600_000, text), 0)
          }
          // 1 MiB of tokens of 16 KiB and what surrounds them.
          assert.strictEqual((yield* store.entries).length, 61)
          assert.isDefined(store.peek(key("m199")))
          // What goes makes room for as much.
          for (let index = 139; index < 200; index++) yield* store.revoke(`m${index}`)
          for (let index = 0; index < 61; index++) {
            yield* store.put(stored(key(`m${index}`), `n${index}`, 600_000, text), 0)
          }
          assert.strictEqual((yield* store.entries).length, 61)
        }),
      { maximumBytes: 1_048_576 }
    )
  )

  it.effect("a bound that cannot be one is refused, by its name", () =>
    Effect.gen(function* () {
      const tooSmall = { maximumTokens: 0, maximumBytes: 1_048_575 }
      for (const [name, value] of Object.entries(tooSmall)) {
        const options = { [name]: value }
        const error = yield* Effect.flip(using(() => Effect.void, options))
        assert.strictEqual(error.code, "invalid_configuration")
        assert.include(error.message, name)
      }
    })
  )

  it.effect("a token is neither found nor listed from its end on", () =>
    using((store) =>
      Effect.gen(function* () {
        yield* store.put(stored(key("m1"), "t1", 10_500), 0)
        yield* TestClock.adjust(10_499)
        assert.isDefined((yield* store.get(key("m1"))).held)
        assert.deepStrictEqual(yield* idsIn(store), ["t1"])
        yield* TestClock.adjust(1)
        assert.isUndefined((yield* store.get(key("m1"))).held)
        assert.deepStrictEqual(yield* idsIn(store), [])
      })
    )
  )

  it.effect("a token that has ended leaves with the next operation on any other", () =>
    using((store) =>
      Effect.gen(function* () {
        yield* store.put(stored(key("m1"), "t1", 10_000), 0)
        yield* store.put(stored(key("m2"), "t2", 10_000), 0)
        yield* store.put(stored(key("m2"), "t3", 60_000), 0)
        const before = store.epoch()
        yield* TestClock.adjust(11_000)
        assert.isDefined(store.peek(key("m1")))
        yield* store.get(key("other"))
        assert.isUndefined(store.peek(key("m1")))
        assert.notStrictEqual(store.epoch(), before)
        // The end of a token that was replaced is nobody's.
        assert.strictEqual(store.peek(key("m2"))?.token.id as string, "t3")
      })
    )
  )

  it.effect("many that end at once leave a thousand at a time", () =>
    using((store) =>
      Effect.gen(function* () {
        const keys = Array.from({ length: 2_500 }, (_, index) => key(`m${index}`))
        for (const one of keys) yield* store.put(stored(one, "t1", 10_000), 0)
        yield* TestClock.adjust(11_000)
        const left = [1_500, 500, 0, 0]
        for (const expected of left) {
          yield* store.get(key("other"))
          assert.strictEqual(keys.filter((one) => store.peek(one) !== undefined).length, expected)
        }
      })
    )
  )
})

describe("Feed", () => {
  it.effect(
    "invariant 8: a listener that falls behind hears what waited, and that it was cut off",
    () =>
      Effect.gen(function* () {
        const feed = Feed.make(3)
        const heard: Array<string> = []
        const error = yield* feed.changes.pipe(
          Stream.runForEach((change) =>
            Effect.sync(() => {
              heard.push(change._tag === "Revoked" ? change.owner : change._tag)
              if (change._tag !== "Connected") return
              for (const owner of ["m1", "m2", "m3", "m4", "m5"])
                feed.tell({ _tag: "Revoked", owner })
            })
          ),
          Effect.flip
        )
        assert.strictEqual(error.operation, "changes")
        assert.deepStrictEqual(heard, ["Connected", "m1", "m2", "m3"])
      })
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

describe("oldestOf", () => {
  it("gives the entry that was set longest ago, whatever was deleted or set again", () => {
    const map = new Map<number, string>()
    const oldest = oldestOf(map)
    assert.isUndefined(oldest())
    const takeOldest = () => {
      const [first] = oldest() ?? []
      if (first !== undefined) map.delete(first)
      return first
    }
    for (const number of [1, 2, 3, 4]) map.set(number, "")
    assert.strictEqual(takeOldest(), 1)
    map.delete(2)
    map.delete(3)
    map.set(3, "again")
    assert.strictEqual(takeOldest(), 4)
    assert.strictEqual(takeOldest(), 3)
    assert.isUndefined(takeOldest())
    map.set(5, "")
    assert.strictEqual(takeOldest(), 5)
  })
})
