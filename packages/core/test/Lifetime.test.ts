import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as Lifetime from "../src/Lifetime.ts"

const millis = Schema.Int.pipe(
  Schema.check(Schema.isBetween({ minimum: 10_000, maximum: 31_556_926_000 }))
)
const unit = Schema.Finite.pipe(Schema.check(Schema.isBetween({ minimum: 0, maximum: 1 })))
const skew = Schema.Int.pipe(
  Schema.check(Schema.isBetween({ minimum: -3 * 86_400_000, maximum: 3 * 86_400_000 }))
)
const server = 1_800_000_000_000

describe("Lifetime", () => {
  it.prop(
    "from ten seconds to a year: issued < renewal, issued < limit < end",
    [millis, unit],
    ([life, random]) => {
      const made = Lifetime.make(5_000, life, random)
      assert.isAtLeast(made.renewal, 5_000 + life * 0.65)
      assert.isAtMost(made.renewal, 5_000 + life * 0.8 + 1e-3)
      assert.isBelow(made.limit, 5_000 + life)
      assert.isAtLeast(made.limit, 5_000 + life - 30_000)
      assert.isAbove(made.limit, made.renewal)
    }
  )

  it.prop(
    "the server's clock may be days off: only the difference counts",
    [millis, skew],
    ([life, off]) => {
      const bounds = { createdTimestamp: server + off, expiryTime: server + off + life }
      assert.strictEqual(Lifetime.life({ ...bounds, date: server, requested: undefined }), life)
    }
  )

  it.each([
    [
      "both timestamps",
      { createdTimestamp: server, expiryTime: server + 60_000, date: server, requested: 600_000 },
      60_000
    ],
    [
      "a life longer than asked for",
      {
        createdTimestamp: server,
        expiryTime: server + 900_000,
        date: undefined,
        requested: 600_000
      },
      600_000
    ],
    [
      "no createdTimestamp",
      {
        createdTimestamp: undefined,
        expiryTime: server + 60_000,
        date: server + 1_000,
        requested: 600_000
      },
      59_000
    ],
    [
      "createdTimestamp 0",
      { createdTimestamp: 0, expiryTime: server + 60_000, date: server, requested: 600_000 },
      60_000
    ],
    [
      "expiryTime in seconds",
      { createdTimestamp: server, expiryTime: server / 1000, date: server, requested: 600_000 },
      600_000
    ],
    [
      "expiryTime 0",
      { createdTimestamp: server, expiryTime: 0, date: server, requested: 600_000 },
      600_000
    ],
    [
      "expiryTime in a thousand years",
      { createdTimestamp: server, expiryTime: server * 20, date: server, requested: 600_000 },
      600_000
    ],
    [
      "only a request",
      { createdTimestamp: undefined, expiryTime: undefined, date: undefined, requested: 600_000 },
      600_000
    ],
    [
      "nothing",
      { createdTimestamp: undefined, expiryTime: undefined, date: server, requested: undefined },
      undefined
    ],
    [
      "dead on arrival",
      { createdTimestamp: server, expiryTime: server - 1_000, date: server, requested: 600_000 },
      -1_000
    ]
  ] as const)("F12: %s", (_, bounds, expected) => {
    assert.strictEqual(Lifetime.life(bounds), expected)
  })

  it("the margin is a tenth, at least a second, at most thirty", () => {
    assert.deepStrictEqual(
      [5_000, 10_000, 60_000, 600_000].map(Lifetime.margin),
      [1_000, 1_000, 6_000, 30_000]
    )
  })

  it.prop(
    "each process has a renewal of its own, within the same bounds",
    [unit, unit],
    ([random, shift]) => {
      const made = Lifetime.make(5_000, 10_000, random)
      const due = Lifetime.renewalFor(made, shift)
      assert.isAtLeast(due, 11_500 - 1e-3)
      assert.isAtMost(due, 13_000 + 1e-3)
      const distance = Math.abs(due - made.renewal) / 1_500
      assert.approximately(Math.min(distance, 1 - distance), Math.min(shift, 1 - shift), 1e-6)
      assert.strictEqual(Lifetime.renewalFor(made, 0), made.renewal)
    }
  )

  it("usable ends at the limit, earlier for those who need more", () => {
    const made = Lifetime.make(0, 10_000, 0)
    assert.isTrue(Lifetime.isUsable(made, 8_999))
    assert.isFalse(Lifetime.isUsable(made, 9_000))
    assert.isTrue(Lifetime.isUsable(made, 3_999, 5_000))
    assert.isFalse(Lifetime.isUsable(made, 4_000, 5_000))
    assert.strictEqual(Lifetime.remaining(made, 10_000), 0)
    assert.strictEqual(Lifetime.remaining(made, 8_000), 1_000)
  })
})
