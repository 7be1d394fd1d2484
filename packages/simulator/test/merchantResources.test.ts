import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { Simulator } from "../src/index.ts"
import { basic, bearer, bodyOf, call, mint, world } from "./support.ts"

interface Row {
  readonly id: string
  readonly organisationId: string
  readonly status: string
}

const merchantAt = (index: number) =>
  Effect.map(Simulator, ({ merchants }) => merchants[index]?.id ?? "none")

const tokenOf = (merchant: string, scopes?: ReadonlyArray<string>) =>
  Effect.map(mint(merchant, scopes, 600), ({ accessToken }) => bearer(accessToken))

const rows = (answer: { readonly text: string }) =>
  (JSON.parse(answer.text) as { data: ReadonlyArray<Row> }).data

const pay = (auth: string, body: unknown, headers?: Readonly<Record<string, string>>) =>
  call("POST", "/tpp/payments", { auth, body, ...(headers === undefined ? {} : { headers }) })

describe("merchant resources", () => {
  it.effect("show each merchant its own data alone", () =>
    Effect.gen(function* () {
      for (const index of [0, 1, 2]) {
        const merchant = yield* merchantAt(index)
        const auth = yield* tokenOf(merchant)
        const mandates = yield* call("GET", "/mandates", { auth })
        const payments = yield* call("GET", "/tpp/payments", { auth })
        for (const row of [...rows(mandates), ...rows(payments)]) {
          assert.strictEqual(row.organisationId, merchant)
        }
        assert.isAbove(rows(mandates).length, 0)
        assert.isAbove(rows(payments).length, 0)
      }
    }).pipe(Effect.provide(world()))
  )

  it.effect("hide another merchant's payment, its history and its refunds behind 404", () =>
    Effect.gen(function* () {
      const owner = yield* tokenOf(yield* merchantAt(0))
      const stranger = yield* tokenOf(yield* merchantAt(1))
      const id = rows(yield* call("GET", "/tpp/payments", { auth: owner }))[0]?.id ?? ""
      for (const path of ["", "/history", "/refunds"]) {
        const url = `/tpp/payments/${id}${path}`
        assert.strictEqual((yield* call("GET", url, { auth: owner })).status, 200, url)
        assert.strictEqual((yield* call("GET", url, { auth: stranger })).status, 404, url)
      }
      const refund = { auth: stranger, body: { amount: 1 } }
      assert.strictEqual((yield* call("POST", `/tpp/payments/${id}/refunds`, refund)).status, 404)
    }).pipe(Effect.provide(world()))
  )

  it.effect("need their scope: admin for mandates, openbanking_pisp for /tpp", () =>
    Effect.gen(function* () {
      const merchant = yield* merchantAt(0)
      const admin = yield* tokenOf(merchant, ["admin"])
      const pisp = yield* tokenOf(merchant, ["openbanking_pisp"])
      const statusOf = (path: string, auth: string) =>
        Effect.map(call("GET", path, { auth }), ({ status }) => status)
      assert.strictEqual(yield* statusOf("/mandates", admin), 200)
      assert.strictEqual(yield* statusOf("/mandates", pisp), 403)
      assert.strictEqual(yield* statusOf("/tpp/banks", pisp), 200)
      assert.strictEqual(yield* statusOf("/tpp/banks", admin), 403)
      assert.strictEqual(yield* statusOf("/tpp/payments", admin), 403)
      assert.strictEqual((yield* pay(admin, { amount: 1 })).status, 403)
    }).pipe(Effect.provide(world()))
  )

  it.effect("open to a merchant's API key, and not to the partner's", () =>
    Effect.gen(function* () {
      const { apiKey, apiKeys } = yield* Simulator
      const own = basic(apiKeys.of(yield* merchantAt(0)) ?? "")
      assert.strictEqual((yield* call("GET", "/mandates", { auth: own })).status, 200)
      assert.strictEqual((yield* call("GET", "/mandates", { auth: basic(apiKey) })).status, 403)
    }).pipe(Effect.provide(world()))
  )

  it.effect("keep a payment that was made, and page through them", () =>
    Effect.gen(function* () {
      yield* TestClock.adjust("1 minute")
      const merchant = yield* merchantAt(0)
      const auth = yield* tokenOf(merchant)
      const before = rows(yield* call("GET", "/tpp/payments?pagesize=100", { auth })).length
      const made = yield* pay(auth, { amount: 12.5, merchantReference: "Bestellung Ü1" })
      assert.strictEqual(made.status, 201)
      const data = bodyOf(made).data ?? {}
      assert.deepInclude(data, {
        organisationId: merchant,
        status: "PENDING",
        amount: 12.5,
        currency: "EUR",
        merchantReference: "Bestellung Ü1",
        creationDateTime: "1970-01-01T00:01:00.000Z"
      })
      const after = rows(yield* call("GET", "/tpp/payments?pagesize=100", { auth }))
      assert.strictEqual(after.length, before + 1)
      const history = yield* call("GET", `/tpp/payments/${String(data["id"])}/history`, { auth })
      assert.deepEqual(
        rows(history).map(({ status }) => status),
        ["PENDING"]
      )
      const last = yield* call("GET", `/tpp/payments?pagesize=1&pagenumber=${before + 1}`, { auth })
      assert.deepEqual(
        rows(last).map(({ id }) => id),
        [String(data["id"])]
      )
    }).pipe(Effect.provide(world()))
  )

  it.effect("honour an Idempotency-Key for 24 hours, for each merchant alone", () =>
    Effect.gen(function* () {
      const { apiKeys } = yield* Simulator
      const [one, two] = [yield* merchantAt(0), yield* merchantAt(1)]
      const payAs = (merchant: string, key: string) =>
        Effect.map(
          pay(basic(apiKeys.of(merchant) ?? ""), { amount: 3 }, { "idempotency-key": key }),
          (answer) => (answer.status === 201 ? bodyOf(answer).data?.["id"] : answer.status)
        )
      const first = yield* payAs(one, "k1")
      assert.strictEqual(yield* payAs(one, "k1"), first)
      assert.notStrictEqual(yield* payAs(one, "k2"), first)
      assert.notStrictEqual(yield* payAs(two, "k1"), first)
      assert.strictEqual(yield* payAs(one, "k".repeat(51)), 422)
      yield* TestClock.adjust("24 hours")
      assert.notStrictEqual(yield* payAs(one, "k1"), first)
    }).pipe(Effect.provide(world()))
  )

  it.effect("refund once for an Idempotency-Key, however often it is asked for", () =>
    Effect.gen(function* () {
      const auth = yield* tokenOf(yield* merchantAt(0))
      const [one, two] = [yield* pay(auth, { amount: 5 }), yield* pay(auth, { amount: 5 })]
      const refund = (paid: typeof one, key: string) =>
        Effect.map(
          call("POST", `/tpp/payments/${String(bodyOf(paid).data?.["id"])}/refunds`, {
            auth,
            body: { amount: 3 },
            headers: { "idempotency-key": key }
          }),
          (answer) => (answer.status === 201 ? bodyOf(answer).data?.["id"] : answer.status)
        )
      const first = yield* refund(one, "k1")
      assert.isString(first)
      assert.strictEqual(yield* refund(one, "k1"), first)
      assert.strictEqual(yield* refund(one, "k2"), 422)
      assert.notStrictEqual(yield* refund(two, "k1"), first)
      yield* TestClock.adjust("24 hours")
      const later = yield* tokenOf(yield* merchantAt(0))
      const again = yield* call(
        "POST",
        `/tpp/payments/${String(bodyOf(one).data?.["id"])}/refunds`,
        { auth: later, body: { amount: 3 }, headers: { "idempotency-key": "k1" } }
      )
      assert.strictEqual(again.status, 422)
    }).pipe(Effect.provide(world()))
  )

  it.effect("refund no more than what is left of the payment", () =>
    Effect.gen(function* () {
      const auth = yield* tokenOf(yield* merchantAt(0))
      const id = String(bodyOf(yield* pay(auth, { amount: 0.3 })).data?.["id"])
      const refund = (amount: number) =>
        Effect.map(
          call("POST", `/tpp/payments/${id}/refunds`, { auth, body: { amount } }),
          ({ status }) => status
        )
      assert.strictEqual(yield* refund(0.31), 422)
      assert.strictEqual(yield* refund(0.1), 201)
      assert.strictEqual(yield* refund(0.2), 201)
      assert.strictEqual(yield* refund(0.01), 422)
      const listed = rows(yield* call("GET", `/tpp/payments/${id}/refunds`, { auth }))
      assert.strictEqual(listed.length, 2)
    }).pipe(Effect.provide(world()))
  )
})

describe("an application token on merchant resources", () => {
  const applicationToken = Effect.fnUntraced(function* (
    resourceId: string,
    products: ReadonlyArray<string> = ["open_banking_pis"]
  ) {
    const { apiKey } = yield* Simulator
    const path = `/organisations/${yield* merchantAt(0)}/applications/tokens`
    const answer = yield* call("POST", path, {
      auth: basic(apiKey),
      body: { products, resourceId }
    })
    return bearer(String(bodyOf(answer).data?.["accessToken"]))
  })

  it.effect("reads its own resource, and gets 401 on every other and for writing", () =>
    Effect.gen(function* () {
      const owner = yield* tokenOf(yield* merchantAt(0))
      const payments = rows(yield* call("GET", "/tpp/payments", { auth: owner }))
      const made = String(bodyOf(yield* pay(owner, { amount: 1 })).data?.["id"])
      const auth = yield* applicationToken(payments[0]?.id ?? "")
      const statusOf = (method: string, path: string, body?: unknown) =>
        Effect.map(call(method, path, { auth, body }), ({ status }) => status)
      assert.strictEqual(yield* statusOf("GET", `/tpp/payments/${payments[0]?.id}`), 200)
      assert.strictEqual(yield* statusOf("GET", `/tpp/payments/${payments[0]?.id}/refunds`), 200)
      assert.strictEqual(yield* statusOf("GET", "/tpp/banks"), 200)
      assert.strictEqual(yield* statusOf("GET", `/tpp/payments/${made}`), 401)
      assert.strictEqual(yield* statusOf("GET", "/tpp/payments"), 401)
      assert.strictEqual(yield* statusOf("GET", "/mandates"), 401)
      assert.strictEqual(yield* statusOf("POST", "/tpp/payments", { amount: 1 }), 401)
      assert.strictEqual(yield* statusOf("POST", "/tokens", { scopes: ["a"] }), 401)
    }).pipe(Effect.provide(world()))
  )

  it.effect("of another product opens no payment", () =>
    Effect.gen(function* () {
      const owner = yield* tokenOf(yield* merchantAt(0))
      const id = rows(yield* call("GET", "/tpp/payments", { auth: owner }))[0]?.id ?? ""
      const auth = yield* applicationToken(id, ["emandates"])
      assert.strictEqual((yield* call("GET", `/tpp/payments/${id}`, { auth })).status, 401)
    }).pipe(Effect.provide(world()))
  )
})
