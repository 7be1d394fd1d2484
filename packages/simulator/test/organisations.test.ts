import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Simulator } from "../src/index.ts"
import { basic, bearer, bodyOf, call, mint, world } from "./support.ts"

interface Organisation {
  readonly id: string
  readonly name: string
  readonly status: string
  readonly country: string
  readonly vatNumber: string
  readonly customerDefinedReference: string
  readonly organisationType: string
  readonly parentId?: string
}

interface Listing {
  readonly uri: string
  readonly data: ReadonlyArray<Organisation>
  readonly page: {
    readonly pageNumber: number
    readonly pageSize: number
    readonly totalElements: number
    readonly totalPages: number
  }
}

const ask = Effect.fnUntraced(function* (query: string, auth?: string) {
  const { apiKey } = yield* Simulator
  return yield* call("GET", `/organisations${query}`, { auth: auth ?? basic(apiKey) })
})

const list = Effect.fnUntraced(function* (query: string) {
  const answer = yield* ask(query)
  assert.strictEqual(answer.status, 200, query)
  return JSON.parse(answer.text) as Listing
})

describe("the list of organisations", () => {
  it.effect("pages through the direct children in a stable order, without gaps", () =>
    Effect.gen(function* () {
      const { merchants, partner } = yield* Simulator
      const first = yield* list("")
      assert.strictEqual(first.data.length, 20)
      assert.deepInclude(first.page, { pageNumber: 1, pageSize: 20, totalElements: 121 })
      const pages = yield* Effect.forEach([1, 2], (page) =>
        list(`?pagesize=100&pagenumber=${page}`)
      )
      const all = pages.flatMap(({ data }) => data)
      assert.strictEqual(new Set(all.map(({ id }) => id)).size, 121)
      assert.deepEqual(
        all.filter((one) => one.organisationType === "MERCHANT").map(({ id }) => id),
        merchants.map(({ id }) => id)
      )
      assert.isTrue(all.every(({ parentId }) => parentId === partner.id))
      assert.strictEqual((yield* list("?pagenumber=99")).data.length, 0)
    }).pipe(Effect.provide(world()))
  )

  it.effect("goes below the children with recursive, and never beside them", () =>
    Effect.gen(function* () {
      const { partner } = yield* Simulator
      const deep = yield* list("?recursive=true&pagesize=100")
      assert.strictEqual(deep.page.totalElements, 129)
      assert.isFalse(deep.data.some(({ id }) => id === partner.id))
      assert.strictEqual((yield* list("?recursive=false")).page.totalElements, 121)
    }).pipe(Effect.provide(world()))
  )

  it.effect("filters by every documented parameter", () =>
    Effect.gen(function* () {
      const { data } = yield* list("?pagesize=100")
      const sample = data[3] ?? assert.fail("no data")
      const found = (query: string) =>
        Effect.map(list(`?pagesize=100&${query}`), (listing) => listing.data)
      const named = yield* found(`name=${encodeURIComponent("ÑANDÚ")}`)
      assert.isTrue(named.length > 0 && named.every(({ name }) => name.includes("Ñandú")))
      const byVat = yield* found(`vatnumber=${sample.vatNumber}`)
      assert.deepEqual(
        byVat.map(({ id }) => id),
        [sample.id]
      )
      const byReference = yield* found(
        `customerdefinedreference=${sample.customerDefinedReference}`
      )
      assert.deepEqual(
        byReference.map(({ id }) => id),
        [sample.id]
      )
      const country = yield* found(`country=${sample.country}`)
      assert.isTrue(country.length > 1 && country.every((one) => one.country === sample.country))
      const disabled = yield* found("status=DISABLED")
      assert.isTrue(disabled.length > 1 && disabled.every((one) => one.status === "DISABLED"))
      const partners = yield* found("organisationtype=PARTNER")
      assert.strictEqual(partners.length, 1)
      const two = yield* found(`organisationid=${data[0]?.id}&organisationid=${data[5]?.id}`)
      assert.deepEqual(
        two.map(({ id }) => id),
        [data[0]?.id, data[5]?.id]
      )
      const one = yield* found(`organisationid=${data[5]?.id}`)
      assert.deepEqual(
        one.map(({ id }) => id),
        [data[5]?.id]
      )
    }).pipe(Effect.provide(world()))
  )

  it.effect.each([
    ["?pagesize=101", 422, "ORG0008", "pageSize"],
    ["?pagesize=0", 400, "ORG0006", "pageSize"],
    ["?pagenumber=0", 400, "ORG0006", "pageNumber"],
    ["?pagesize=many", 400, "ORG0006", "pagesize"],
    ["?country=ie", 400, "ORG0006", "country"],
    ["?status=GONE", 400, "ORG0006", "status"],
    ["?recursive=perhaps", 400, "ORG0006", "recursive"]
  ] as const)("refuses %s with %s and its code", ([query, status, code, field]) =>
    Effect.gen(function* () {
      const answer = yield* ask(query)
      assert.strictEqual(answer.status, status)
      const body = bodyOf(answer)
      assert.strictEqual(body.returnCode, "ORG0000")
      assert.deepInclude(body.details?.[0] ?? {}, { code, field })
    }).pipe(Effect.provide(world()))
  )

  it.effect("needs organisation_admin_read of a token", () =>
    Effect.gen(function* () {
      const { apiKey } = yield* Simulator
      const tokenWith = (scope: string) =>
        Effect.map(
          call("POST", "/tokens", { auth: basic(apiKey), body: { scopes: [scope] } }),
          (answer) => bearer(String(bodyOf(answer).data?.["accessToken"]))
        )
      const reader = yield* tokenWith("organisation_admin_read")
      assert.strictEqual((yield* ask("", reader)).status, 200)
      assert.strictEqual((yield* ask("", yield* tokenWith("bankadmin"))).status, 403)
    }).pipe(Effect.provide(world()))
  )
})

describe("one organisation", () => {
  it.effect("is shown to those above it and to itself, and is 404 for everybody else", () =>
    Effect.gen(function* () {
      const { apiKeys, merchants, partner } = yield* Simulator
      const [one, two] = [merchants[0]?.id ?? "", merchants[1]?.id ?? ""]
      const statusOf = (path: string, owner: string) =>
        Effect.map(ask(path, basic(apiKeys.of(owner) ?? "")), ({ status }) => status)
      assert.strictEqual(yield* statusOf(`/${one}`, partner.id), 200)
      assert.strictEqual(yield* statusOf(`/${partner.id}`, partner.id), 200)
      assert.strictEqual(yield* statusOf(`/${one}`, one), 200)
      assert.strictEqual(yield* statusOf(`/${two}`, one), 404)
      assert.strictEqual(yield* statusOf(`/${partner.id}`, one), 404)
      const group = JSON.parse((yield* ask(`/${partner.id}`)).text) as { data: Organisation }
      assert.strictEqual(yield* statusOf(`/${group.data.parentId}`, partner.id), 404)
      assert.strictEqual(yield* statusOf("/nosuchorg0", partner.id), 404)
    }).pipe(Effect.provide(world()))
  )

  it.effect("a merchant's token reads its own with organisation_admin_read", () =>
    Effect.gen(function* () {
      const { merchants } = yield* Simulator
      const merchant = merchants[0]?.id ?? ""
      const reader = yield* mint(merchant, ["organisation_admin_read"])
      const other = yield* mint(merchant, ["admin"])
      assert.strictEqual((yield* ask(`/${merchant}`, bearer(reader.accessToken))).status, 200)
      assert.strictEqual((yield* ask(`/${merchant}`, bearer(other.accessToken))).status, 403)
    }).pipe(Effect.provide(world()))
  )
})

describe("the seeded data set", () => {
  const everything = Effect.zipWith(
    list("?recursive=true&pagesize=100"),
    Simulator,
    (listing, { apiKeys, merchants }) => ({
      listing,
      keys: merchants.map(({ id }) => apiKeys.of(id))
    })
  )

  it.effect("is the same for the same seed, and another for another one", () =>
    Effect.gen(function* () {
      const of = (seed: string) => everything.pipe(Effect.provide(world({ seed }), { local: true }))
      assert.deepEqual(yield* of("a"), yield* of("a"))
      assert.notDeepEqual(yield* of("a"), yield* of("b"))
    })
  )

  it.effect("begins with ten ACTIVE merchants and has names beyond ASCII", () =>
    Effect.gen(function* () {
      const { merchants } = yield* Simulator
      assert.isTrue(merchants.slice(0, 10).every(({ status }) => status === "ACTIVE"))
      assert.deepEqual(
        new Set(merchants.map(({ status }) => status)),
        new Set(["ACTIVE", "PENDING", "DISABLED"])
      )
      assert.isTrue(merchants.every(({ id }) => /^[a-z0-9]{10}$/.test(id)))
      assert.isTrue(merchants.some(({ name }) => /[^\x20-\x7e]/.test(name)))
    }).pipe(Effect.provide(world()))
  )

  it.effect("has as many merchants as the option says", () =>
    Effect.gen(function* () {
      const { merchants } = yield* Simulator
      assert.strictEqual(merchants.length, 3)
    }).pipe(Effect.provide(world({ merchants: 3 })))
  )
})
