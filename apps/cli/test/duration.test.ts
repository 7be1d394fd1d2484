import { assert, describe, it } from "@effect/vitest"
import * as Option from "effect/Option"
import { parseDuration } from "../src/duration.ts"

describe("a duration", () => {
  it.each([
    ["600", 600],
    ["9", 9],
    ["45s", 45],
    ["10m", 600],
    ["24h", 86_400],
    ["7d", 604_800],
    ["31556927", 31_556_927]
  ])("%s", (text, seconds) => {
    assert.deepStrictEqual(parseDuration(text), Option.some(seconds))
  })

  it.each(["", "m", "1.5h", "-10", "10 m", "10M", "10y", "1h30m", "1e3", "9999999999"])(
    "not %j",
    (text) => {
      assert.isTrue(Option.isNone(parseDuration(text)))
    }
  )
})
