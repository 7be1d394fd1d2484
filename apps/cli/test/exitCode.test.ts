import { TokenError, TokenErrorReason } from "@onbehalf/core/TokenError"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import { readFile } from "node:fs/promises"
import { constants } from "node:os"
import { exitCode, ofExit, ofStatus } from "../src/exitCode.ts"
import { describeFailure } from "../src/failure.ts"

const decode = Schema.decodeUnknownSync(TokenErrorReason)

/** Enough for a reason of any kind. */
const reason = (_tag: string) =>
  decode({
    _tag,
    setting: "X",
    operation: "get",
    deadline: 1,
    ...(_tag === "WrongToken" ? { mismatch: "scopes" } : { problem: "timeout" })
  })

describe("exit codes", () => {
  it.each([
    ["InvalidApiKey", 4],
    ["Forbidden", 4],
    ["OrganisationUnknown", 5],
    ["InvalidRequest", 2],
    ["Unsupported", 7],
    ["RateLimited", 6],
    ["Unavailable", 7],
    ["MalformedAnswer", 7],
    ["WrongToken", 7],
    ["StoreUnavailable", 8],
    ["DeadlineExceeded", 7],
    ["InvalidConfiguration", 3],
    ["BrokerClosed", 1]
  ])("%s is %i", (tag, code) => {
    assert.strictEqual(ofExit(Exit.fail(new TokenError({ reason: reason(tag) }))), code)
  })

  it.each([
    [200, 0],
    [204, 0],
    [304, 7],
    [401, 4],
    [405, 7],
    [412, 2],
    [422, 2],
    [501, 7],
    [503, 7]
  ])("status %i is %i", (status, code) => {
    assert.strictEqual(ofStatus(status), code)
  })

  it("a mistake of ours is 1, and its text stays inside", () => {
    const cause = Cause.die(new TypeError("Bearer eyJsecret"))
    assert.strictEqual(ofExit(Exit.failCause(cause)), 1)
    assert.match(describeFailure(cause) ?? "", /^unexpected failure \(TypeError\)\./)
    assert.notInclude(describeFailure(cause) ?? "", "secret")
  })

  it("are the ones in the README", async () => {
    const readme = await readFile(new URL("../README.md", import.meta.url), "utf8")
    const listed = [...readme.matchAll(/^\| (\d+) +\|/gm)].map((match) => Number(match[1]))
    // What a shell makes of an end by SIGTERM is no code that is given here.
    assert.deepStrictEqual(listed, [...Object.values(exitCode), 128 + constants.signals.SIGTERM])
  })
})
