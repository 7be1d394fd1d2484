import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Partner from "../src/Partner.ts"

const secret = "canary-secret"
const make = (options: Partial<Partner.PartnerOptions>) =>
  Partner.make({ apiKey: Redacted.make("key"), ...options })

const refusal = (options: Partial<Partner.PartnerOptions>) =>
  Effect.map(Effect.flip(make(options)), (error) => {
    assert.strictEqual(error.code, "invalid_configuration")
    assert.notInclude(error.message, secret)
    return error.message
  })

describe("Partner", () => {
  it.effect("the environment chooses the host; prefixes are joined, not resolved", () =>
    Effect.gen(function* () {
      const sandbox = yield* make({ organisationPrefix: "/cust", gatekeeperPrefix: "/tpp" })
      assert.strictEqual(sandbox.environment, "sandbox")
      assert.strictEqual(sandbox.gatekeeperUrl, "https://sandbox.nuapay.com/tpp")
      assert.strictEqual(sandbox.organisationUrl, "https://sandbox.nuapay.com/cust")
      const live = yield* make({ environment: "live" })
      assert.strictEqual(live.origin, "https://api.nuapay.com")
    })
  )

  it.effect.each([
    "https://sandbox.nuapay.com",
    "https://sandbox.nuapay.com/",
    "https://sandbox.nuapay.com:8443",
    "http://127.0.0.1:8080",
    "http://localhost:1",
    "http://[::1]:8080",
    "HTTPS://SANDBOX.NUAPAY.COM"
  ])("T8: %s is accepted", (baseUrl) =>
    Effect.map(make({ baseUrl }), (partner) =>
      assert.strictEqual(partner.origin, new URL(baseUrl).origin)
    )
  )

  it.effect.each([
    ["", "must be an address"],
    ["sandbox.nuapay.com", "must be an address"],
    ["ftp://sandbox.nuapay.com", "must be an address"],
    ["https:sandbox.nuapay.com", "must be an address"],
    ["https:\\\\sandbox.nuapay.com", "must be an address"],
    ["https://sandbox.nuapay.com\\@evil.example", "must be an address"],
    ["https://sandbox.nuapay.com\n.evil.example", "must be an address"],
    ["http://sandbox.nuapay.com", "must be https"],
    ["http://10.0.0.1", "must be https"],
    ["http://127.0.0.1.evil.example", "must be https"],
    ["http://localhost.evil.example", "must be https"],
    [`https://user:${secret}@sandbox.nuapay.com`, "must not contain credentials"],
    [`https://${secret}@sandbox.nuapay.com`, "must not contain credentials"],
    ["https://@sandbox.nuapay.com", "must not contain credentials"],
    [`https://sandbox.nuapay.com?key=${secret}`, "must not have a query"],
    ["https://sandbox.nuapay.com?", "must not have a query"],
    ["https://sandbox.nuapay.com#x", "must not have a query or a fragment"],
    ["https://sandbox.nuapay.com/..", "must not have a path"],
    ["https://sandbox.nuapay.com/%2e%2e/", "must not have a path"],
    ["https://sandbox.nuapay.com/cust", "must not have a path"],
    ["https://evil.example", "must be on sandbox.nuapay.com"],
    ["https://api.nuapay.com", "must be on sandbox.nuapay.com"],
    ["https://sandbox.nuapay.com.evil.example", "must be on sandbox.nuapay.com"],
    ["https://sandbox.nuapay.com.", "must be on sandbox.nuapay.com"],
    ["https://xn--sandbox.nuapay.com", "must be"],
    ["https://169.254.169.254", "must be on sandbox.nuapay.com"]
  ] as const)("T8: %s is refused", ([baseUrl, expected]) =>
    Effect.map(refusal({ baseUrl }), (message) => {
      assert.include(message, "NUAPAY_BASE_URL")
      assert.include(message, expected)
    })
  )

  it.effect("T26: live is not sent to this machine, nor to the sandbox", () =>
    Effect.gen(function* () {
      yield* refusal({ environment: "live", baseUrl: "http://127.0.0.1:8080" })
      yield* refusal({ environment: "live", baseUrl: "https://sandbox.nuapay.com" })
    })
  )

  it.effect("T8: another host only where it is named twice", () =>
    Effect.gen(function* () {
      const baseUrl = "https://gateway.example:8443"
      const partner = yield* make({ baseUrl, trustedHost: "gateway.example" })
      assert.strictEqual(partner.origin, baseUrl)
      yield* refusal({ baseUrl: "http://gateway.example", trustedHost: "gateway.example" })
    })
  )

  it.effect.each(["", "with space", "with:colon", "with\r\nnewline", "ключ"])(
    "T9: the API key %j is refused",
    (apiKey) =>
      Effect.map(refusal({ apiKey: Redacted.make(apiKey) }), (message) =>
        assert.include(message, "NUAPAY_API_KEY")
      )
  )

  it.effect.each(["cust", "/cust/", "/..", "/a/../b", "/%2e%2e", "//evil.example", "/a?b", "/a b"])(
    "T6: the prefix %s is refused",
    (organisationPrefix) =>
      Effect.map(refusal({ organisationPrefix }), (message) =>
        assert.include(message, "NUAPAY_ORGANISATION_PREFIX")
      )
  )

  it.effect("an unknown environment or account is refused", () =>
    Effect.gen(function* () {
      assert.include(yield* refusal({ environment: "prod" }), "NUAPAY_ENVIRONMENT")
      assert.include(yield* refusal({ account: "a b" }), "NUAPAY_ACCOUNT")
    })
  )

  it.effect("options come first, then the environment", () =>
    Effect.gen(function* () {
      const provider = ConfigProvider.fromEnvRecord({
        NUAPAY_API_KEY: "from-environment",
        NUAPAY_ENVIRONMENT: "live",
        NUAPAY_BASE_URL: ""
      })
      const read = (options?: Parameters<typeof Partner.makeWithEnvironment>[0]) =>
        Partner.makeWithEnvironment(options).pipe(
          Effect.provideService(ConfigProvider.ConfigProvider, provider)
        )
      const plain = yield* read()
      assert.strictEqual(Redacted.value(plain.apiKey.current()), "from-environment")
      assert.strictEqual(plain.origin, "https://api.nuapay.com")
      const mixed = yield* read({ environment: "sandbox" })
      assert.strictEqual(mixed.origin, "https://sandbox.nuapay.com")
    })
  )

  it.effect("a missing API key is named", () =>
    Partner.makeWithEnvironment().pipe(
      Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnvRecord({})),
      Effect.flip,
      Effect.map((error) => assert.include(error.message, "NUAPAY_API_KEY (apiKey) is missing"))
    )
  )
})
