import { assert, describe, it } from "@effect/vitest"
import { AccessToken, TokenId } from "@onbehalf/core"
import * as Grant from "@onbehalf/core/Grant"
import * as Lifetime from "@onbehalf/core/Lifetime"
import { type StoredToken, TokenStore } from "@onbehalf/core/TokenStore"
import type { TokenKey } from "@onbehalf/core/TokenKey"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as Redacted from "effect/Redacted"
import { TestClock } from "effect/testing"
import { seeded } from "../../packages/core/test/support/random.ts"
import { minting, tokenAnswer } from "../../packages/core/test/support/upstream.ts"
import { grantFor, withBroker } from "../support/broker.ts"
import { far, troubled } from "../support/troubledStore.ts"

/** Runs an effect to its end while virtual time goes on in steps. */
const inTime = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.raceFirst(
    effect,
    Effect.forever(Effect.andThen(Effect.promise(nextTurn), TestClock.adjust("100 millis")))
  )
const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

describe("invariant 1: own token only", () => {
  it.effect("T1, F14: a token for another organisation is refused, after one more try", () =>
    withBroker(
      () => tokenAnswer({ requestedOrganisation: "merchant-2" }),
      (broker, asked) =>
        Effect.gen(function* () {
          const grant = yield* grantFor("merchant-1")
          const error = yield* inTime(Effect.flip(broker.acquire(grant)))
          assert.strictEqual(error.code, "wrong_token")
          assert.strictEqual(error.organisation, "merchant-1")
          assert.strictEqual(asked.length, 2)
          assert.deepStrictEqual(yield* broker.entries, [])
        })
    )
  )

  it.effect.each([
    ["F15: the same id", { accessToken: "another-text" }],
    ["F16: the same text", { id: "another-id" }]
  ] as const)("%s for two organisations is refused", ([, overrides]) =>
    withBroker(
      (asked) =>
        asked.path.includes("merchant-1")
          ? tokenAnswer({ requestedOrganisation: "merchant-1" })
          : tokenAnswer({ requestedOrganisation: "merchant-2", ...overrides }),
      (broker) =>
        Effect.gen(function* () {
          yield* broker.acquire(yield* grantFor("merchant-1"))
          const second = yield* grantFor("merchant-2")
          const { reason } = yield* inTime(Effect.flip(broker.acquire(second)))
          assert.strictEqual(reason._tag === "WrongToken" && reason.mismatch, "reused")
        })
    )
  )

  it.effect(
    "the caller's own organisation is whom the first answer names, and nobody else later",
    () =>
      withBroker(
        (_, count) =>
          tokenAnswer({
            id: `t${count}`,
            accessToken: `text-${count}`,
            requestedOrganisation: count === 1 ? "partner-1" : "merchant-2",
            requestingOrganisation: undefined
          }),
        (broker) =>
          Effect.gen(function* () {
            const own = yield* Grant.own({ scopes: ["admin"], expiresIn: 600 })
            yield* broker.acquire(own)
            const error = yield* inTime(Effect.flip(broker.renew(own)))
            assert.strictEqual(error.code, "wrong_token")
          })
      )
  )

  it.effect("T1: replies shifted between merchants, 40 orders: none is accepted wrongly", () =>
    Effect.gen(function* () {
      for (let seed = 1; seed <= 40; seed++) {
        const next = seeded(seed)
        const merchants = Array.from({ length: 20 }, (_, i) => `merchant-${i}`)
        yield* withBroker(
          (asked, count) => {
            const mixed = next(2) === 0
            const target = mixed ? `merchant-${next(20)}` : asked.path.split("/")[2]
            return tokenAnswer({
              id: `id-${count}`,
              accessToken: `text-${count}`,
              requestedOrganisation: target
            })
          },
          (broker) =>
            inTime(
              Effect.forEach(
                merchants,
                (merchant) =>
                  Effect.gen(function* () {
                    const grant = yield* grantFor(merchant)
                    const token = yield* Effect.option(broker.acquire(grant))
                    if (token._tag === "Some") {
                      assert.strictEqual(token.value.organisation, merchant)
                    }
                  }),
                { concurrency: "unbounded" }
              )
            )
        )
      }
    })
  )

  it.effect.each([
    ["another merchant's", "merchant-2", "merchant-2"],
    ["another grant's", "merchant-1", "other grant"],
    ["a record that claims another key than it lies under", "merchant-2", ""]
  ] as const)("T2: a store that answers with %s record is not believed", ([, organisation, mark]) =>
    Effect.gen(function* () {
      const removed: Array<string> = []
      const foreign = (key: TokenKey): StoredToken => ({
        key: { ...key, text: mark === "" ? key.text : `${key.text}1:x` },
        lifetime: Lifetime.make(0, 600_000, 0),
        token: new AccessToken({
          id: TokenId.make("foreign"),
          organisation,
          scopes: ["admin"],
          resourceId: undefined,
          value: Redacted.make("foreign-text")
        })
      })
      const store = Layer.succeed(TokenStore, {
        peek: foreign,
        epoch: () => Number.NaN,
        get: (key) => Effect.succeed({ held: foreign(key), generation: 0 }),
        put: () => Effect.succeed("stored" as const),
        remove: (_, id) => Effect.sync(() => removed.push(id) > 0),
        revoke: () => Effect.succeed(0),
        lease: () => Effect.succeed({ fence: 1 }),
        changes: Stream.never,
        entries: Effect.succeed([])
      })
      yield* withBroker(
        minting,
        (broker, asked) =>
          Effect.gen(function* () {
            const source = yield* broker.source(yield* grantFor("merchant-1"))
            assert.strictEqual(source.peek(), undefined)
            const token = yield* source.token()
            assert.strictEqual(token.id as string, "token-1")
            assert.strictEqual(asked.length, 1)
            assert.deepStrictEqual([...new Set(removed)], ["foreign"])
          }),
        { store }
      )
    })
  )

  it.effect.each([
    ["F15: the id", (other: AccessToken) => ({ id: other.id, value: Redacted.make("new-text") })],
    [
      "F16: the text",
      (other: AccessToken) => ({
        id: TokenId.make("new-id"),
        value: Redacted.make(other.reveal())
      })
    ]
  ] as const)("%s of another's token, in a record of its own, is not believed", ([, mixed]) => {
    const trouble = troubled()
    return withBroker(
      minting,
      (broker, asked) =>
        Effect.gen(function* () {
          const grant = yield* grantFor("merchant-1")
          yield* broker.acquire(grant)
          const other = yield* broker.acquire(yield* grantFor("merchant-2"))
          trouble.poison.instead = (held) => ({
            ...held,
            token: new AccessToken({
              organisation: held.token.organisation,
              scopes: held.token.scopes,
              resourceId: undefined,
              ...mixed(other)
            })
          })
          assert.strictEqual((yield* broker.acquire(grant)).id as string, "token-3")
          assert.strictEqual(asked.length, 3)
        }),
      { store: far(trouble) }
    )
  })

  it.effect("merchants, scopes and lives do not share tokens", () =>
    withBroker(minting, (broker, asked) =>
      Effect.gen(function* () {
        const grants = [
          yield* grantFor("merchant-1"),
          yield* grantFor("merchant-2"),
          yield* grantFor("merchant-1", 60)
        ]
        for (let round = 0; round < 2; round++) {
          for (const [index, grant] of grants.entries()) {
            assert.strictEqual((yield* broker.acquire(grant)).id, `token-${index + 1}`)
          }
        }
        assert.strictEqual(asked.length, 3)
      })
    )
  )
})
