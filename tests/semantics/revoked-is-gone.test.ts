import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as MemoryStore from "@onbehalf/store-memory"
import { StoreError, TokenStore } from "@onbehalf/core/TokenStore"
import { minting, revoking, settle } from "../../packages/core/test/support/upstream.ts"
import { grantFor, withBroker } from "../support/broker.ts"

const path = (asked: { readonly path: string }) => asked.path

describe("invariant 3: revoked is gone", () => {
  it.effect("one token: here first, then upstream, then another is fetched", () =>
    withBroker(revoking, (broker, asked) =>
      Effect.gen(function* () {
        const source = yield* broker.source(yield* grantFor("merchant-1"))
        const token = yield* source.token()
        assert.deepStrictEqual(yield* broker.revoke(token), { outcome: "revoked", tokens: 1 })
        assert.strictEqual(source.peek(), undefined)
        assert.strictEqual((yield* source.token()).id as string, "token-3")
        assert.strictEqual(asked[1]?.path, "/organisations/merchant-1/tokens/token-1/revoke")
      })
    )
  )

  it.effect("an id that climbs is refused before a request is made", () =>
    withBroker(revoking, (broker, asked) =>
      Effect.gen(function* () {
        for (const token of [
          { id: "..", organisation: "merchant-1" },
          { id: "t1", organisation: ".." }
        ]) {
          assert.strictEqual((yield* Effect.flip(broker.revoke(token))).code, "invalid_request")
        }
        assert.strictEqual(
          (yield* Effect.flip(broker.revokeOrganisation(".."))).code,
          "invalid_request"
        )
        assert.strictEqual(asked.length, 0)
      })
    )
  )

  it.effect("a token that the upstream does not know is already gone", () =>
    withBroker(
      () => new Response("", { status: 404 }),
      (broker) =>
        Effect.gen(function* () {
          const token = { id: "t1", organisation: "merchant-1" }
          assert.deepStrictEqual(yield* broker.revoke(token), { outcome: "alreadyGone" })
        })
    )
  )

  it.effect("a token under another organisation's name is refused, not reported gone", () =>
    withBroker(revoking, (broker, asked) =>
      Effect.gen(function* () {
        const source = yield* broker.source(yield* grantFor("merchant-1"))
        const { id } = yield* source.token()
        const error = yield* Effect.flip(broker.revoke({ id, organisation: "merchant-2" }))
        assert.strictEqual(error.code, "invalid_request")
        assert.isDefined(source.peek())
        assert.strictEqual(asked.length, 1)
      })
    )
  )

  it.effect(
    "a token that another process fetched into a shared store is gone from the store, too",
    () =>
      Effect.gen(function* () {
        const shared = Layer.succeed(TokenStore, yield* MemoryStore.make())
        yield* withBroker(
          revoking,
          (one) =>
            withBroker(
              revoking,
              (other) =>
                Effect.gen(function* () {
                  const grant = yield* grantFor("merchant-1")
                  const token = yield* one.acquire(grant)
                  yield* other.revoke(token)
                  assert.isUndefined((yield* one.source(grant)).peek())
                  assert.isUndefined((yield* other.source(grant)).peek())
                }),
              { store: shared }
            ),
          { store: shared }
        )
      })
  )

  it.effect("all of an organisation, and of no other", () =>
    withBroker(revoking, (broker) =>
      Effect.gen(function* () {
        const first = yield* broker.source(yield* grantFor("merchant-1"))
        const longer = yield* broker.source(yield* grantFor("merchant-1", 900))
        const other = yield* broker.source(yield* grantFor("merchant-2"))
        yield* Effect.all([first.token(), longer.token(), other.token()])
        assert.deepStrictEqual(yield* broker.revokeOrganisation("merchant-1"), {
          outcome: "revoked",
          tokens: 1
        })
        assert.strictEqual(first.peek(), undefined)
        assert.strictEqual(longer.peek(), undefined)
        assert.strictEqual(other.peek()?.organisation, "merchant-2")
      })
    )
  )

  it.effect("the upstream fails: gone here all the same", () =>
    withBroker(
      (asked, count) =>
        asked.path.endsWith("revoke") ? new Response("", { status: 403 }) : minting(asked, count),
      (broker) =>
        Effect.gen(function* () {
          const source = yield* broker.source(yield* grantFor("merchant-1"))
          yield* source.token()
          const revocation = yield* broker.revokeOrganisation("merchant-1")
          assert.strictEqual(
            revocation.outcome === "unconfirmed" && revocation.error.code,
            "forbidden"
          )
          assert.strictEqual(source.peek(), undefined)
        })
    )
  )

  it.effect("T25: a flight that began before neither stores nor serves its token", () => {
    const gate = Promise.withResolvers<void>()
    return withBroker(
      async (asked, count) => {
        if (count === 1) await gate.promise
        return revoking(asked, count)
      },
      (broker, asked) =>
        Effect.gen(function* () {
          const source = yield* broker.source(yield* grantFor("merchant-1"))
          const waiting = yield* Effect.forkChild(source.token())
          yield* settle
          yield* broker.revokeOrganisation("merchant-1")
          const later = yield* Effect.forkChild(source.token())
          yield* settle
          gate.resolve()
          yield* settle
          assert.strictEqual((yield* Fiber.join(waiting)).id as string, "token-3")
          assert.strictEqual((yield* Fiber.join(later)).id as string, "token-3")
          yield* settle
          assert.sameMembers(asked.map(path), [
            "/organisations/merchant-1/tokens",
            "/organisations/merchant-1/tokens/revoke",
            // The token that came too late is alive upstream: it is revoked by its id.
            "/organisations/merchant-1/tokens/token-1/revoke",
            "/organisations/merchant-1/tokens"
          ])
        })
    )
  })

  it.effect("T24: what was fetched while the revocation was under way is dropped as well", () => {
    const gate = Promise.withResolvers<void>()
    return withBroker(
      async (asked, count) => {
        if (asked.path.endsWith("revoke")) await gate.promise
        return revoking(asked, count)
      },
      (broker) =>
        Effect.gen(function* () {
          const source = yield* broker.source(yield* grantFor("merchant-1"))
          yield* source.token()
          const revocation = yield* Effect.forkChild(broker.revokeOrganisation("merchant-1"))
          yield* settle
          // Here first: gone before the upstream has answered.
          assert.strictEqual(source.peek(), undefined)
          const between = yield* source.token()
          gate.resolve()
          yield* Fiber.join(revocation)
          assert.strictEqual(source.peek(), undefined)
          assert.notStrictEqual((yield* source.token()).id, between.id)
        })
    )
  })

  const brokenStore = Layer.succeed(TokenStore, {
    peek: () => undefined,
    epoch: () => Number.NaN,
    get: () => new StoreError({ operation: "get", problem: "down" }),
    put: () => new StoreError({ operation: "put", problem: "down" }),
    remove: () => new StoreError({ operation: "remove", problem: "down" }),
    revoke: () => new StoreError({ operation: "revoke", problem: "down" }),
    lease: () => new StoreError({ operation: "lease", problem: "down" }),
    changes: Stream.fail(new StoreError({ operation: "changes", problem: "down" })),
    entries: new StoreError({ operation: "entries", problem: "down" })
  })

  it.effect("T25: with the store down, an overtaken flight still does not serve its token", () => {
    const gate = Promise.withResolvers<void>()
    return withBroker(
      async (asked, count) => {
        if (count === 1) await gate.promise
        return revoking(asked, count)
      },
      (broker) =>
        Effect.gen(function* () {
          const source = yield* broker.source(yield* grantFor("merchant-1"))
          const waiting = yield* Effect.forkChild(source.token())
          yield* settle
          yield* broker.revokeOrganisation("merchant-1")
          gate.resolve()
          yield* settle
          assert.strictEqual((yield* Fiber.join(waiting)).id as string, "token-3")
        }),
      { store: brokenStore }
    )
  })

  it.effect("T24: a store that says superseded, as when another process revoked, is obeyed", () => {
    const puts: Array<number> = []
    const store = Layer.succeed(TokenStore, {
      peek: () => undefined,
      epoch: () => Number.NaN,
      get: () => Effect.sync(() => ({ held: undefined, generation: puts.length })),
      put: (_, generation) =>
        Effect.sync(() => (puts.push(generation) === 1 ? "superseded" : "stored")),
      remove: () => Effect.succeed(false),
      revoke: () => Effect.succeed(0),
      lease: () => Effect.succeed({ fence: 1 }),
      changes: Stream.never,
      entries: Effect.succeed([])
    })
    return withBroker(
      revoking,
      (broker) =>
        Effect.gen(function* () {
          const token = yield* broker.acquire(yield* grantFor("merchant-1"))
          assert.strictEqual(token.id as string, "token-2")
          assert.deepStrictEqual(puts, [0, 1])
        }),
      { store }
    )
  })

  it.effect(
    "T25: a revocation that comes and goes while the store answers overtakes the flight",
    () => {
      const stored = Promise.withResolvers<void>()
      const store = sayingLate(stored.promise)
      return withBroker(
        revoking,
        (broker) =>
          Effect.gen(function* () {
            const source = yield* broker.source(yield* grantFor("merchant-1"))
            const waiting = yield* Effect.forkChild(source.token())
            yield* settle
            yield* broker.revokeOrganisation("merchant-1")
            const late = yield* Effect.forkChild(source.token())
            stored.resolve()
            yield* settle
            assert.notStrictEqual((yield* Fiber.join(late)).id as string, "token-1")
            assert.notStrictEqual((yield* Fiber.join(waiting)).id as string, "token-1")
            assert.notStrictEqual(source.peek()?.id as string | undefined, "token-1")
          }),
        { store }
      )
    }
  )

  it.effect(
    "T25: one that is revoked by its id while the store takes it goes to nobody who asks then",
    () => {
      const stored = Promise.withResolvers<void>()
      const store = sayingLate(stored.promise, { peek: () => undefined })
      return withBroker(
        revoking,
        (broker) =>
          Effect.gen(function* () {
            const source = yield* broker.source(yield* grantFor("merchant-1"))
            const waiting = yield* Effect.forkChild(source.token())
            yield* settle
            yield* broker.revoke({ id: "token-1", organisation: "merchant-1" })
            const late = yield* Effect.forkChild(source.token())
            yield* settle
            stored.resolve()
            yield* Fiber.join(waiting)
            assert.notStrictEqual((yield* Fiber.join(late)).id as string, "token-1")
          }),
        { store }
      )
    }
  )

  it.effect("the caller's own tokens are revoked on their own path", () =>
    withBroker(revoking, (broker, asked) =>
      Effect.gen(function* () {
        yield* broker.revokeOwn
        assert.deepStrictEqual(asked.map(path), ["/tokens/revoke"])
      })
    )
  )
})

/** It has done a put, and is slow to say so. */
const sayingLate = (said: Promise<void>, differing: Partial<TokenStore["Service"]> = {}) =>
  Layer.effect(
    TokenStore,
    Effect.map(MemoryStore.make(), (real) =>
      TokenStore.of({
        ...real,
        put: (stored, generation) =>
          Effect.tap(real.put(stored, generation), () => Effect.promise(() => said)),
        ...differing
      })
    )
  )
