import { assert, describe, it } from "@effect/vitest"
import { DateTime, Effect } from "effect"
import { TestClock } from "effect/testing"
import { decodeProtectedHeader, importJWK, jwtVerify } from "jose"
import { Simulator, simulatorPublicJwk } from "../src/index.ts"
import { basic, bearer, bodyOf, call, mint, world } from "./support.ts"

const partnerAuth = Effect.map(Simulator, ({ apiKey }) => basic(apiKey))
const firstMerchant = Effect.map(Simulator, ({ merchants }) => merchants[0]?.id ?? "none")
const otherMerchant = Effect.map(Simulator, ({ merchants }) => merchants[1]?.id ?? "none")
const keyOf = (organisation: string) =>
  Effect.map(Simulator, ({ apiKeys }) => basic(apiKeys.of(organisation) ?? "none"))

describe("a token on behalf of a merchant", () => {
  it.effect("comes in the documented envelope, with the server's times", () =>
    Effect.gen(function* () {
      yield* TestClock.adjust("1 hour")
      const { partner } = yield* Simulator
      const merchant = yield* firstMerchant
      const { answer, data, id } = yield* mint(merchant, ["admin", "x"], 360)
      assert.strictEqual(answer.status, 201)
      assert.strictEqual(answer.headers["date"], "Thu, 01 Jan 1970 01:00:00 GMT")
      assert.deepInclude(data, {
        uri: `/organisations/${merchant}/tokens/${id}`,
        tokenType: "BEARER",
        accessType: "CR",
        requestingAccessType: "BN",
        requestedOrganisation: merchant,
        requestingOrganisation: partner.id,
        parentId: partner.id,
        status: "ACTIVE",
        createdTimestamp: 3_600_000,
        expiryTime: 3_600_000 + 360_000,
        scopes: ["admin", "x"],
        links: [
          {
            id,
            resourceType: "revoketoken",
            uri: `/organisations/${merchant}/tokens/${id}/revoke`
          }
        ]
      })
    }).pipe(Effect.provide(world()))
  )

  it.effect("is an RS256 JWT of about 7 KB whose claims agree with the envelope", () =>
    Effect.gen(function* () {
      const merchant = yield* firstMerchant
      const { accessToken, id } = yield* mint(merchant, ["admin"], 60)
      const key = yield* Effect.promise(() => importJWK(simulatorPublicJwk, "RS256"))
      const { payload } = yield* Effect.promise(() =>
        jwtVerify(accessToken, key, { currentDate: DateTime.toDateUtc(DateTime.makeUnsafe(0)) })
      )
      assert.strictEqual(decodeProtectedHeader(accessToken).alg, "RS256")
      assert.isTrue(accessToken.length > 6_500 && accessToken.length < 8_000)
      assert.deepInclude(payload, { jti: id, org_id: merchant, scope: ["admin"], exp: 60 })
    }).pipe(Effect.provide(world()))
  )

  it.effect("lives ten seconds when no life is asked for, and not one millisecond more", () =>
    Effect.gen(function* () {
      const { accessToken } = yield* mint(yield* firstMerchant)
      const use = call("GET", "/mandates", { auth: bearer(accessToken) })
      yield* TestClock.adjust(9_999)
      assert.strictEqual((yield* use).status, 200)
      yield* TestClock.adjust(1)
      assert.strictEqual((yield* use).status, 401)
    }).pipe(Effect.provide(world()))
  )

  it.effect.each([
    [9, 422],
    [10, 201],
    [31_556_926, 201],
    [31_556_927, 422],
    [10.5, 422],
    ["10", 422]
  ] as const)("with expiresIn %s is answered with %s", ([expiresIn, status]) =>
    Effect.gen(function* () {
      const answer = yield* call("POST", `/organisations/${yield* firstMerchant}/tokens`, {
        auth: yield* partnerAuth,
        body: { scopes: ["admin"], expiresIn }
      })
      assert.strictEqual(answer.status, status)
      if (status === 201) return
      const body = bodyOf(answer)
      assert.strictEqual(body.returnCode, "8888")
      assert.deepInclude(body.details?.[0] ?? {}, { code: "GK0422", field: "expiresIn" })
    }).pipe(Effect.provide(world()))
  )

  it.effect.each([{}, { scopes: [] }, { scopes: [""] }, { scopes: "admin" }])(
    "needs a scope: %j is 422",
    (body) =>
      Effect.gen(function* () {
        const path = `/organisations/${yield* firstMerchant}/tokens`
        const answer = yield* call("POST", path, { auth: yield* partnerAuth, body })
        assert.strictEqual(answer.status, 422)
      }).pipe(Effect.provide(world()))
  )

  it.effect("is refused for a foreign organisation (404) and an inactive one (403)", () =>
    Effect.gen(function* () {
      const { apiKeys, merchants, partner } = yield* Simulator
      const auth = yield* partnerAuth
      const own = yield* call("GET", `/organisations/${partner.id}`, { auth })
      const group = basic(apiKeys.of(String(bodyOf(own).data?.["parentId"])) ?? "")
      const seen = yield* call("GET", "/organisations?organisationtype=PARTNER", { auth: group })
      const second = (JSON.parse(seen.text) as { data: ReadonlyArray<{ id: string }> }).data[1]
      const ask = (id: string) =>
        call("POST", `/organisations/${id}/tokens`, { auth, body: { scopes: ["a"] } })
      const disabled = merchants.find(({ status }) => status === "DISABLED")
      const pending = merchants.find(({ status }) => status === "PENDING")
      assert.strictEqual((yield* ask(disabled?.id ?? "")).status, 403)
      assert.strictEqual((yield* ask(pending?.id ?? "")).status, 403)
      assert.strictEqual((yield* ask("nosuchorg0")).status, 404)
      assert.strictEqual((yield* ask(second?.id ?? "")).status, 404)
      assert.isDefined(apiKeys.of(second?.id ?? ""))
    }).pipe(Effect.provide(world()))
  )

  it.effect("can be used as Bearer and as the Basic user name, and as nothing else", () =>
    Effect.gen(function* () {
      const { accessToken } = yield* mint(yield* firstMerchant)
      const { apiKey } = yield* Simulator
      const statusWith = (auth: string) =>
        Effect.map(call("GET", "/mandates", { auth }), ({ status }) => status)
      const withPassword = `Basic ${Buffer.from(`${accessToken}:secret`).toString("base64")}`
      assert.strictEqual(yield* statusWith(bearer(accessToken)), 200)
      assert.strictEqual(yield* statusWith(basic(accessToken)), 200)
      assert.strictEqual(yield* statusWith(withPassword), 401)
      assert.strictEqual(yield* statusWith(basic(`${accessToken}:`)), 401)
      assert.strictEqual(yield* statusWith(bearer(`${accessToken}x`)), 401)
      assert.strictEqual(yield* statusWith(bearer(apiKey)), 401)
      assert.strictEqual(yield* statusWith(`Digest ${accessToken}`), 401)
      assert.strictEqual((yield* call("GET", "/mandates")).status, 401)
    }).pipe(Effect.provide(world()))
  )
})

describe("revoking", () => {
  it.effect("one token ends it at once, echoes it, and leaves the others alive", () =>
    Effect.gen(function* () {
      const merchant = yield* firstMerchant
      const auth = yield* partnerAuth
      const [first, second] = [yield* mint(merchant), yield* mint(merchant)]
      yield* TestClock.adjust(500)
      const path = `/organisations/${merchant}/tokens/${first.id}/revoke`
      const answer = yield* call("POST", path, { auth })
      assert.strictEqual(answer.status, 200)
      assert.deepInclude(bodyOf(answer).data ?? {}, {
        id: first.id,
        accessToken: first.accessToken,
        status: "REVOKED",
        revokedTimestamp: 500,
        links: []
      })
      const use = (token: string) => call("GET", "/mandates", { auth: bearer(token) })
      assert.strictEqual((yield* use(first.accessToken)).status, 401)
      assert.strictEqual((yield* use(second.accessToken)).status, 200)
    }).pipe(Effect.provide(world()))
  )

  it.effect("all tokens of a merchant counts the live ones and spares other merchants", () =>
    Effect.gen(function* () {
      const [merchant, other] = [yield* firstMerchant, yield* otherMerchant]
      const auth = yield* partnerAuth
      yield* mint(merchant)
      yield* TestClock.adjust("11 seconds")
      yield* mint(merchant)
      yield* mint(merchant)
      const spared = yield* mint(other)
      const revoke = call("POST", `/organisations/${merchant}/tokens/revoke`, { auth })
      const data = bodyOf(yield* revoke).data
      assert.strictEqual(Number(data?.["revokedTokensCount"]), 2)
      assert.strictEqual(Number(bodyOf(yield* revoke).data?.["revokedTokensCount"]), 0)
      const use = call("GET", "/mandates", { auth: bearer(spared.accessToken) })
      assert.strictEqual((yield* use).status, 200)
    }).pipe(Effect.provide(world()))
  )

  it.effect.each([
    [undefined, { unknown: 404, spent: 200 }],
    [422, { unknown: 422, spent: 422 }],
    [200, { unknown: 200, spent: 200 }]
  ] as const)("with revokeUnknown %s", ([revokeUnknown, expected]) =>
    Effect.gen(function* () {
      const merchant = yield* firstMerchant
      const auth = yield* partnerAuth
      const statusOf = (id: string) =>
        Effect.map(
          call("POST", `/organisations/${merchant}/tokens/${id}/revoke`, { auth }),
          ({ status }) => status
        )
      const revoked = yield* mint(merchant)
      yield* statusOf(revoked.id)
      const expired = yield* mint(merchant)
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(yield* statusOf("not-a-token"), expected.unknown)
      assert.strictEqual(yield* statusOf(revoked.id), expected.spent)
      assert.strictEqual(yield* statusOf(expired.id), expected.spent)
      assert.strictEqual(yield* statusOf((yield* mint(yield* otherMerchant)).id), expected.unknown)
    }).pipe(Effect.provide(world({ revokeUnknown })))
  )

  it.effect("forgets a token an hour after its expiry", () =>
    Effect.gen(function* () {
      const merchant = yield* firstMerchant
      const auth = yield* partnerAuth
      const { id } = yield* mint(merchant)
      yield* TestClock.adjust("2 hours")
      // Spent tokens are swept out every 512 tokens.
      yield* Effect.forEach(Array.from({ length: 512 }), () => mint(merchant), { discard: true })
      const path = `/organisations/${merchant}/tokens/${id}/revoke`
      assert.strictEqual((yield* call("POST", path, { auth })).status, 404)
    }).pipe(Effect.provide(world()))
  )
})

describe("a token for oneself", () => {
  it.effect("needs an API key, or the scope of one's kind: admin or bankadmin", () =>
    Effect.gen(function* () {
      const { partner } = yield* Simulator
      const merchant = yield* firstMerchant
      const ask = (auth: string, scopes: ReadonlyArray<string>) =>
        call("POST", "/tokens", { auth, body: { scopes, expiresIn: 60 } })
      const own = yield* ask(yield* partnerAuth, ["bankadmin"])
      const data = bodyOf(own).data ?? {}
      assert.strictEqual(own.status, 201)
      assert.deepInclude(data, { requestedOrganisation: partner.id, accessType: "BN" })
      const partnerToken = bearer(String(data["accessToken"]))
      assert.strictEqual((yield* ask(partnerToken, ["other"])).status, 201)

      assert.strictEqual((yield* ask(yield* keyOf(merchant), ["a"])).status, 201)
      const admin = yield* mint(merchant, ["admin"])
      assert.strictEqual((yield* ask(bearer(admin.accessToken), ["a"])).status, 201)
      const weak = yield* mint(merchant, ["bankadmin"])
      assert.strictEqual((yield* ask(bearer(weak.accessToken), ["a"])).status, 403)
    }).pipe(Effect.provide(world()))
  )

  it.effect("is revoked through one's own paths, alone and with all others", () =>
    Effect.gen(function* () {
      const merchant = yield* firstMerchant
      const auth = yield* keyOf(merchant)
      const own = bodyOf(yield* call("POST", "/tokens", { auth, body: { scopes: ["admin"] } }))
      const id = String(own.data?.["id"])
      const one = yield* call("POST", `/tokens/${id}/revoke`, { auth })
      assert.deepInclude(bodyOf(one).data ?? {}, { id, status: "REVOKED" })
      yield* mint(merchant)
      yield* mint(yield* otherMerchant)
      const all = yield* call("POST", "/tokens/revoke", { auth })
      assert.strictEqual(Number(bodyOf(all).data?.["revokedTokensCount"]), 1)
    }).pipe(Effect.provide(world()))
  )
})

describe("permissions of the management calls", () => {
  it.effect("a merchant may do nothing that is a partner's", () =>
    Effect.gen(function* () {
      const [merchant, other] = [yield* firstMerchant, yield* otherMerchant]
      const auth = yield* keyOf(merchant)
      const body = { scopes: ["a"] }
      const base = `/organisations/${other}`
      const application = { products: ["emandates"], resourceId: "r1" }
      const answers = yield* Effect.all([
        call("POST", `${base}/tokens`, { auth, body }),
        call("POST", `${base}/applications/tokens`, { auth, body: application }),
        call("POST", `${base}/tokens/revoke`, { auth }),
        call("POST", `${base}/tokens/x/revoke`, { auth }),
        call("GET", "/organisations", { auth })
      ])
      for (const { status } of answers) assert.strictEqual(status, 403)
    }).pipe(Effect.provide(world()))
  )

  it.effect("a partner's token needs bankadmin, and application_tokens for those", () =>
    Effect.gen(function* () {
      const merchant = yield* firstMerchant
      const tokenWith = (scope: string) =>
        Effect.map(
          Effect.flatMap(partnerAuth, (auth) =>
            call("POST", "/tokens", { auth, body: { scopes: [scope] } })
          ),
          (answer) => bearer(String(bodyOf(answer).data?.["accessToken"]))
        )
      const [bank, applications] = [
        yield* tokenWith("bankadmin"),
        yield* tokenWith("application_tokens")
      ]
      const ask = (auth: string) =>
        call("POST", `/organisations/${merchant}/tokens`, { auth, body: { scopes: ["a"] } })
      const askApplication = (auth: string) =>
        call("POST", `/organisations/${merchant}/applications/tokens`, {
          auth,
          body: { products: ["open_banking_pis"], resourceId: "r1" }
        })
      assert.strictEqual((yield* ask(bank)).status, 201)
      assert.strictEqual((yield* ask(applications)).status, 403)
      assert.strictEqual((yield* askApplication(applications)).status, 201)
      assert.strictEqual((yield* askApplication(bank)).status, 403)
    }).pipe(Effect.provide(world()))
  )
})

describe("an application token", () => {
  const ask = (auth: string, path: string, body: unknown) => call("POST", path, { auth, body })

  it.effect("is bound to a resource and to products, and lives as the option says", () =>
    Effect.gen(function* () {
      const merchant = yield* firstMerchant
      const path = `/organisations/${merchant}/applications/tokens`
      const body = { products: ["open_banking_pis", "emandates"], resourceId: "8ow24y2pdx" }
      const answer = yield* ask(yield* partnerAuth, path, body)
      assert.strictEqual(answer.status, 201)
      assert.deepInclude(bodyOf(answer).data ?? {}, {
        applicationToken: true,
        resourceId: "8ow24y2pdx",
        ipFiltering: false,
        scopes: ["openbanking_pisp_read", "banks_read", "emandates_read"],
        expiryTime: 60_000
      })
    }).pipe(Effect.provide(world({ applicationTokenSeconds: 60 })))
  )

  it.effect("for oneself is a merchant's: a partner gets 403", () =>
    Effect.gen(function* () {
      const body = { products: ["emandates"], resourceId: "r1" }
      const merchant = yield* keyOf(yield* firstMerchant)
      assert.strictEqual((yield* ask(merchant, "/applications/tokens", body)).status, 201)
      const partner = yield* ask(yield* partnerAuth, "/applications/tokens", body)
      assert.strictEqual(partner.status, 403)
    }).pipe(Effect.provide(world()))
  )

  it.effect.each([
    { resourceId: "r1" },
    { products: ["emandates"] },
    { products: [], resourceId: "r1" },
    { products: ["emandates", "emandates"], resourceId: "r1" },
    { products: ["unheard_of"], resourceId: "r1" }
  ])("%j is 422", (body) =>
    Effect.gen(function* () {
      const auth = yield* keyOf(yield* firstMerchant)
      assert.strictEqual((yield* ask(auth, "/applications/tokens", body)).status, 422)
    }).pipe(Effect.provide(world()))
  )
})
