import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { type Answer, type Asked } from "../src/internal/answer.ts"
import { judgeFailure } from "../src/internal/judgeFailure.ts"
import { judgeOrganisation, judgeOrganisations } from "../src/internal/judgeOrganisations.ts"
import { judgeRevokedCount, judgeRevokedToken } from "../src/internal/judgeRevocation.ts"
import { judgeToken } from "../src/internal/judgeToken.ts"
import type { OrganisationId } from "../src/Organisation.ts"
import type { Grant } from "../src/Grant.ts"
import { tokenData } from "./support/upstream.ts"

const asked: Asked = { organisation: "merchant-1", secrets: ["s3cret"], now: 1_800_000_000_000 }
const answer = (status: number, body: unknown, headers: Answer["headers"] = {}): Answer => ({
  status,
  headers,
  body: typeof body === "string" || body === undefined ? body : JSON.stringify(body)
})
const grant: Grant = {
  _tag: "OrganisationGrant",
  organisationId: "merchant-1" as OrganisationId,
  scopes: ["admin"],
  expiresIn: 600
}
const application: Grant = {
  _tag: "ApplicationGrant",
  organisationId: undefined,
  products: ["emandates"],
  resourceId: "r1"
}
const minted = (overrides: Record<string, unknown> = {}) =>
  answer(201, { data: tokenData(overrides) })
const failure = <A, E>(judged: Result.Result<A, E>): E => {
  if (Result.isSuccess(judged)) throw new Error("expected a failure")
  return judged.failure
}

describe("judgeToken", () => {
  it("the token asked for, with its life", () => {
    const judged = Result.getOrThrow(judgeToken(grant, minted({ unknownField: { x: 1 } }), asked))
    assert.strictEqual(judged.token.id, "token-1")
    assert.strictEqual(judged.token.reveal(), "canary-token-text-1")
    assert.strictEqual(judged.life, 600_000)
  })

  it.each([
    ["organisation", { requestedOrganisation: "merchant-2" }],
    ["organisation", { requestedOrganisation: undefined }],
    ["organisation", { requestedOrganisation: null }],
    ["scopes", { scopes: ["other"] }],
    ["scopes", { scopes: null }],
    ["type", { tokenType: "MAC" }],
    ["type", { tokenType: undefined }],
    ["status", { status: "REVOKED" }],
    ["status", { status: undefined }]
  ] as const)("T1, invariant 1: a wrong %s %j is refused", (mismatch, overrides) => {
    const reason = failure(judgeToken(grant, minted(overrides), asked))
    assert.strictEqual(reason._tag, "WrongToken")
    assert.strictEqual(reason._tag === "WrongToken" && reason.mismatch, mismatch)
  })

  it("T1: more scopes than asked for are accepted, bearer in any case", () => {
    const judged = judgeToken(grant, minted({ scopes: ["x", "admin"], tokenType: "bearer" }), asked)
    assert.isTrue(Result.isSuccess(judged))
  })

  it("invariant 1: one's own token is of the organisation that asked", () => {
    const own: Grant = { _tag: "OwnGrant", scopes: ["admin"], expiresIn: 600 }
    const mine = minted({ requestedOrganisation: "partner-1" })
    assert.isTrue(Result.isSuccess(judgeToken(own, mine, asked)))
    const reason = failure(judgeToken(own, minted(), asked))
    assert.strictEqual(reason._tag === "WrongToken" && reason.mismatch, "organisation")
  })

  it("T1: an application token is no token with scopes", () => {
    const reason = failure(judgeToken(grant, minted({ applicationToken: true }), asked))
    assert.strictEqual(reason._tag === "WrongToken" && reason.mismatch, "type")
  })

  it("an application token is bound to its resource; without a stated life it has none", () => {
    const data = {
      resourceId: "r1",
      requestedOrganisation: "partner-1",
      scopes: undefined,
      expiryTime: undefined
    }
    const judged = Result.getOrThrow(judgeToken(application, minted(data), asked))
    assert.strictEqual(judged.life, undefined)
    const reason = failure(judgeToken(application, minted({ ...data, resourceId: "r2" }), asked))
    assert.strictEqual(reason._tag === "WrongToken" && reason.mismatch, "resource")
  })

  it.each([
    ["F5: 200 for a mint", answer(200, { data: tokenData() })],
    ["F5: 204", answer(204, "")],
    ["F5: 201 empty", answer(201, "")],
    ["F10: malformed", answer(201, '{"data":')],
    ["F10: an array", answer(201, "[]")],
    ["F10: deep", answer(201, "[".repeat(100_000))],
    ["F10: 1e400", answer(201, '{"data":1e400}')],
    ["F11: HTML", answer(201, "<html>login</html>")],
    ["F9, T18: too large", answer(201, undefined)],
    ["F12: dead on arrival", minted({ expiryTime: 1_799_999_999_000 })],
    ["T9: a token with a line break", minted({ accessToken: "abc\r\nx: y" })],
    ["T9: an empty token", minted({ accessToken: "" })],
    ["T9: a token of 17 KiB", minted({ accessToken: "a".repeat(17 * 1024) })],
    ["T6: an id that climbs", minted({ id: ".." })],
    ["T17: a prototype", answer(201, '{"__proto__":{"data":{}}}')]
  ])("%s is a malformed answer", (_, given) => {
    const reason = failure(judgeToken(grant, given, asked))
    assert.strictEqual(reason._tag, "MalformedAnswer")
    assert.strictEqual("organisation" in reason && reason.organisation, "merchant-1")
    assert.notInclude(JSON.stringify(reason), "login")
  })

  it("T9: every byte but those of RFC 6750 is refused in a token", () => {
    for (let byte = 0; byte < 256; byte++) {
      const char = String.fromCharCode(byte)
      const judged = judgeToken(grant, minted({ accessToken: `a${char}b` }), asked)
      assert.strictEqual(Result.isSuccess(judged), /[A-Za-z0-9._~+/=-]/.test(char), String(byte))
    }
  })
})

describe("judgeFailure", () => {
  it.each([
    [301, "Unsupported"],
    [302, "Unsupported"],
    [307, "Unsupported"],
    [400, "InvalidRequest"],
    [401, "InvalidApiKey"],
    [403, "Forbidden"],
    [404, "OrganisationUnknown"],
    [405, "Unsupported"],
    [408, "Unavailable"],
    [410, "Unsupported"],
    [412, "InvalidRequest"],
    [415, "Unsupported"],
    [418, "InvalidRequest"],
    [422, "InvalidRequest"],
    [429, "RateLimited"],
    [500, "Unavailable"],
    [501, "Unsupported"],
    [502, "Unavailable"],
    [503, "Unavailable"],
    [504, "Unavailable"],
    [599, "Unavailable"]
  ] as const)("F1, F3, F4: status %i is %s, whatever the body", (status, tag) => {
    for (const body of ["", "{}", "null", "[]", "<html>", '{"returnCode":null,"details":null}']) {
      assert.strictEqual(judgeFailure(answer(status, body), asked)._tag, tag)
    }
  })

  it("F4: details as a list and as a single object are the same", () => {
    const detail = { code: "ORG0006", description: "Field is invalid.", field: "pageSize", more: 1 }
    const reasons = [[detail], detail].map((details) =>
      judgeFailure(answer(422, { returnCode: "ORG0000", details }), asked)
    )
    for (const reason of reasons) {
      assert.strictEqual(reason._tag === "InvalidRequest" && reason.returnCode, "ORG0000")
      assert.deepStrictEqual(reason._tag === "InvalidRequest" && reason.details, [
        { code: "ORG0006", field: "pageSize", description: "Field is invalid." }
      ])
    }
  })

  it("T31, invariant 7: texts are one short line without secrets", () => {
    const description = `a\u001b[31m\nb\u202e s3cret ${"x".repeat(1000)}`
    const reason = judgeFailure(answer(400, { details: { description } }), asked)
    const text = reason._tag === "InvalidRequest" ? (reason.details?.[0]?.description ?? "") : ""
    assert.isAtMost(text.length, 200)
    assert.isTrue(text.startsWith("a [31m b  <redacted> xxx"), text)
  })

  it.each([
    [{ "retry-after": "7" }, 7_000],
    [{ "retry-after": "7", "x-rate-limit-reset": "9" }, 9_000],
    [{ "x-rate-limit-reset": "3" }, 3_000],
    [{ "retry-after": new Date(1_800_000_005_000).toUTCString() }, 5_000],
    [{ "retry-after": new Date(1_700_000_000_000).toUTCString() }, 0],
    [{ "retry-after": "1000000000" }, 1_000_000_000_000],
    [{ "retry-after": "-5" }, undefined],
    [{ "retry-after": "soon" }, undefined],
    [{}, undefined]
  ] as const)("F2: %j waits %s ms", (headers, expected) => {
    const reason = judgeFailure(answer(429, "", headers), asked)
    assert.strictEqual(reason._tag === "RateLimited" ? reason.retryAfter : -1, expected)
  })
})

describe("judgeRevocation", () => {
  it("T14: the echo of the token is not even decoded", () => {
    const data = { id: "token-1", status: "REVOKED", revokedTimestamp: 5, accessToken: 12 }
    assert.deepStrictEqual(
      Result.getOrThrow(judgeRevokedToken("token-1", answer(200, { data }), asked)) as unknown,
      { id: "token-1", revokedTimestamp: 5 }
    )
  })

  it.each([
    ["about another token", { id: "token-2", status: "REVOKED" }],
    ["still active", { id: "token-1", status: "ACTIVE" }]
  ])("%s is malformed", (_, data) => {
    const reason = failure(judgeRevokedToken("token-1", answer(200, { data }), asked))
    assert.strictEqual(reason._tag, "MalformedAnswer")
  })

  it("how many, where it says so", () => {
    const count = (data: unknown) =>
      Result.getOrThrow(judgeRevokedCount(answer(200, { data }), asked))
    assert.strictEqual(count({ revokedTokensCount: 3 }), 3)
    assert.strictEqual(count({}), undefined)
  })
})

describe("judgeOrganisations", () => {
  it("unknown fields and unknown enum values are accepted, nulls are absent", () => {
    const data = [
      { id: "m1", status: "FROZEN", organisationType: "GALAXY", name: null, vatID: "IE1", x: {} }
    ]
    const page = Result.getOrThrow(
      judgeOrganisations({ pageNumber: 1, pageSize: 20 }, answer(200, { data }), asked)
    )
    assert.strictEqual(page.organisations[0]?.status, "FROZEN")
    assert.strictEqual(page.organisations[0]?.vatNumber, "IE1")
    assert.strictEqual(page.organisations[0]?.name, undefined)
    assert.strictEqual(page.totalPages, undefined)
  })

  it("one organisation, and that one", () => {
    const judged = judgeOrganisation("m1", answer(200, { data: { id: "m2" } }), asked)
    assert.strictEqual(failure(judged)._tag, "MalformedAnswer")
  })
})
