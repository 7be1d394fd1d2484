import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Schema from "effect/Schema"
import { TestClock } from "effect/testing"
import * as crypto from "node:crypto"
import * as TokenSeal from "../src/TokenSeal.ts"
import { base64, keyOf, life, sealKey, storedFor, text } from "./support/sealed.ts"

const { make } = TokenSeal
const hkdf = (info: string) =>
  new Uint8Array(crypto.hkdfSync("sha256", Buffer.from(sealKey, "base64"), "", info, 32))

const refusedSoFar = Effect.map(Metric.snapshot, (metrics) => {
  const counter = metrics.find(({ id }) => id === "onbehalf_store_records_refused")
  return counter?.type === "Counter" ? Number(counter.state.count) : 0
})

describe.each([
  ["WebCrypto", undefined],
  ["Node's crypto", crypto]
] as const)("TokenSeal by %s", (_, native) => {
  const seal = make({ sealKey }, native)

  it.effect.prop(
    "gives back what was sealed, for whatever texts",
    [Schema.Array(Schema.String), Schema.String, Schema.String],
    ([scopes, organisation, actsFor]) =>
      Effect.gen(function* () {
        const { open, seal: close } = yield* seal
        const key = keyOf({ organisation, scopes: [...scopes] })
        const stored = storedFor(key, { organisation: actsFor, scopes })
        const back = yield* open(key, yield* close(stored), life)
        assert.strictEqual(back?.key, key)
        assert.deepStrictEqual(back?.token, stored.token)
        assert.strictEqual(back?.token.reveal(), text)
      })
  )

  it.effect("T5: one bit flipped anywhere, and it does not open", () =>
    Effect.gen(function* () {
      const { open, seal: close } = yield* seal
      const key = keyOf()
      const sealed = yield* close(storedFor(key))
      for (let bit = 0; bit < sealed.length * 8; bit++) {
        const flipped = sealed.slice()
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        assert.isUndefined(yield* open(key, flipped, life), `bit ${bit}`)
      }
      assert.isDefined(yield* open(key, sealed, life))
    })
  )

  it.effect("T5: cut at any byte, lengthened, or made of anything, it does not open", () =>
    Effect.gen(function* () {
      const { open, seal: close } = yield* seal
      const key = keyOf()
      const sealed = yield* close(storedFor(key))
      for (let length = 0; length < sealed.length; length++) {
        assert.isUndefined(yield* open(key, sealed.subarray(0, length), life), `cut at ${length}`)
      }
      for (const more of [1, 16, 10_000]) {
        const longer = Buffer.concat([sealed, Buffer.alloc(more)])
        assert.isUndefined(yield* open(key, longer, life))
      }
      for (const garbage of [1, 9, 21, 37, 500]) {
        assert.isUndefined(yield* open(key, crypto.randomBytes(garbage), life))
      }
    })
  )

  it.effect("T5, T26: a record of any other key does not open", () =>
    Effect.gen(function* () {
      const { open, seal: close } = yield* seal
      const keys = [
        keyOf(),
        keyOf({ environment: "live" }),
        keyOf({ url: "https://api.nuapay.com" }),
        keyOf({ account: "second" }),
        keyOf({ organisation: "m2" }),
        keyOf({ scopes: ["admin", "more"] }),
        { ...keyOf(), organisation: undefined },
        { ...keyOf(), owner: keyOf({ organisation: "m2" }).owner }
      ]
      for (const sealedFor of keys) {
        const sealed = yield* close(storedFor(sealedFor))
        for (const key of keys) {
          assert.strictEqual((yield* open(key, sealed, life)) !== undefined, key === sealedFor)
        }
      }
    })
  )

  it.effect("F41: after a rotation old records open, and new ones are sealed anew", () =>
    Effect.gen(function* () {
      const key = keyOf()
      const [first, second, third] = [base64(1), base64(2), base64(3)]
      const before = yield* make({ sealKey: first }, native)
      const after = yield* make({ sealKey: third, oldSealKeys: [second, first] }, native)
      const without = yield* make({ sealKey: third }, native)
      const old = yield* before.seal(storedFor(key))
      assert.isDefined(yield* after.open(key, old, life))
      assert.isUndefined(yield* without.open(key, old, life))
      const fresh = yield* after.seal(storedFor(key))
      assert.isDefined(yield* without.open(key, fresh, life))
      assert.isUndefined(yield* before.open(key, fresh, life))
      // The key's id is not secret: putting another one there must not help.
      const relabelled = fresh.slice()
      relabelled.set(old.subarray(1, 9), 1)
      assert.isUndefined(yield* after.open(key, relabelled, life))
    })
  )

  it.effect("invariant 7: no text of the token is in a record, and no two records are alike", () =>
    Effect.gen(function* () {
      const { seal: close } = yield* seal
      const [one, two] = [yield* close(storedFor(keyOf())), yield* close(storedFor(keyOf()))]
      for (const secret of [text, "m1", "admin", "t1"]) {
        assert.isFalse(Buffer.from(one).includes(secret))
      }
      // From the nonce on.
      const [nonces, tags] = [new Set<string>(), new Set<string>()]
      for (const sealed of [one, two]) {
        nonces.add(Buffer.from(sealed.subarray(9, 21)).toString("hex"))
        tags.add(Buffer.from(sealed.subarray(-16)).toString("hex"))
      }
      assert.strictEqual(nonces.size, 2)
      assert.strictEqual(tags.size, 2)
    })
  )

  it.effect("what does not open is counted", () =>
    Effect.gen(function* () {
      const { open } = yield* seal
      const before = yield* refusedSoFar
      yield* open(keyOf(), crypto.randomBytes(100), life)
      assert.strictEqual(yield* refusedSoFar, before + 1)
    })
  )
})

describe("TokenSeal", () => {
  it.effect("what WebCrypto sealed opens with Node's crypto, and the other way round", () =>
    Effect.gen(function* () {
      const [web, node] = [yield* make({ sealKey }), yield* make({ sealKey }, crypto)]
      const key = keyOf()
      assert.isDefined(yield* web.open(key, yield* node.seal(storedFor(key)), life))
      assert.isDefined(yield* node.open(key, yield* web.seal(storedFor(key)), life))
    })
  )

  it.effect("invariant 2: what the store says can shorten a life, and never lengthens it", () =>
    Effect.gen(function* () {
      yield* TestClock.adjust(1_000_000)
      const { open, seal } = yield* make({ sealKey })
      const key = keyOf()
      const sealed = yield* seal(storedFor(key))
      const endWith = (remaining: number) =>
        Effect.map(open(key, sealed, remaining), (stored) => stored?.lifetime.end)
      assert.strictEqual(yield* endWith(life), 1_000_000 + life)
      assert.strictEqual(yield* endWith(1_000), 1_001_000)
      assert.strictEqual(yield* endWith(life * 10), 1_000_000 + life)
      assert.strictEqual(yield* endWith(-5), 1_000_000 - 5)
    })
  )

  it.effect("a process that reads a record is due for renewal when its writer is", () =>
    Effect.gen(function* () {
      const { open, seal } = yield* make({ sealKey })
      const stored = storedFor(keyOf())
      const sealed = yield* seal(stored)
      yield* TestClock.adjust(50_000)
      const back = yield* open(stored.key, sealed, life - 50_000)
      for (const moment of ["issued", "renewal", "limit", "end"] as const) {
        assert.approximately(back?.lifetime[moment] ?? 0, stored.lifetime[moment], 1e-3)
      }
    })
  )

  it.effect("T5: the key, the header and the environment are bound to what is sealed", () =>
    Effect.gen(function* () {
      const { open, seal } = yield* make({ sealKey })
      const key = keyOf()
      const sealed = yield* seal(storedFor(key))
      // Written a second time, from the description: whatever is not bound shows.
      const [header, nonce] = [sealed.subarray(0, 9), sealed.subarray(9, 21)]
      const secret = hkdf("onbehalf token record sandbox")
      const decipher = crypto.createDecipheriv("aes-256-gcm", secret, nonce)
      decipher.setAAD(Buffer.concat([header, Buffer.from(key.text)]))
      decipher.setAuthTag(sealed.subarray(-16))
      const body = [decipher.update(sealed.subarray(21, -16)), decipher.final()]
      const record = Buffer.concat(body).toString()
      assert.include(record, text)

      const forge = (start: Uint8Array, claimed: string) => {
        const cipher = crypto.createCipheriv("aes-256-gcm", secret, nonce)
        cipher.setAAD(Buffer.concat([start, Buffer.from(key.text)]))
        const forged = [start, nonce, cipher.update(claimed), cipher.final(), cipher.getAuthTag()]
        return open(key, Buffer.concat(forged), life)
      }
      assert.isDefined(yield* forge(header, record))
      const version2 = Uint8Array.of(2, ...header.subarray(1))
      assert.isUndefined(yield* forge(version2, record))
      for (const field of ["key", "owner", "organisation"]) {
        const others = JSON.stringify({ ...JSON.parse(record), [field]: `another ${field}` })
        assert.isUndefined(yield* forge(header, others), field)
      }
    })
  )

  it.effect("plaintext must be asked for, and neither kind is read as the other", () =>
    Effect.gen(function* () {
      const key = keyOf()
      const plain = yield* make({ plaintext: true })
      const sealing = yield* make({ sealKey })
      const readable = yield* plain.seal(storedFor(key))
      assert.isTrue(Buffer.from(readable).includes(text))
      assert.strictEqual((yield* plain.open(key, readable, life))?.token.reveal(), text)
      assert.isUndefined(yield* plain.open(keyOf({ organisation: "m2" }), readable, life))
      assert.isUndefined(yield* sealing.open(key, readable, life))
      assert.isUndefined(yield* plain.open(key, yield* sealing.seal(storedFor(key)), life))
    })
  )

  it.effect("a plain record that is not one is a miss", () =>
    Effect.gen(function* () {
      const { open, seal } = yield* make({ plaintext: true })
      const key = keyOf()
      const whole = JSON.parse(
        Buffer.from(yield* seal(storedFor(key)))
          .subarray(1)
          .toString()
      ) as Record<string, unknown>
      const changed = [
        { token: "with space" },
        { token: "x".repeat(16_385) },
        { id: "../tokens" },
        { token: 7 },
        { life: 0 },
        { life: "600" },
        { life: null },
        { drawn: 1.5 },
        { drawn: -0.5 },
        { drawn: "0.5" },
        { scopes: "admin" },
        { scopes: ["admin", 7] },
        { actsFor: 7 },
        { resource: 7 },
        { owner: undefined },
        { key: undefined },
        { organisation: "m2" }
      ]
      const readable = (value: unknown) => Buffer.from(`\0${JSON.stringify(value)}`)
      assert.isDefined(yield* open(key, readable(whole), life))
      const unknownVersion = readable(whole).fill(1, 0, 1)
      assert.isUndefined(yield* open(key, unknownVersion, life))
      for (const change of changed) {
        const stored = yield* open(key, readable({ ...whole, ...change }), life)
        assert.isUndefined(stored, JSON.stringify(change))
      }
      for (const garbage of ["", "\0", "\0{", "\0null", "\0[]", "\u0001{}"]) {
        assert.isUndefined(yield* open(key, Buffer.from(garbage), life))
      }
    })
  )
})
