import { assert, describe, it } from "@effect/vitest"
import { errorHandler, onBehalf, OnBehalfError, type OnBehalf } from "@onbehalf/express"
import { inspect } from "node:util"
import { hostileThings } from "./support/hostileValues.ts"
import { expresses, makeWorld } from "./support/world.ts"

const world = makeWorld()

describe.each(expresses)("another grant, %s", (_version, create) => {
  const run = async (
    use: (access: OnBehalf) => Promise<unknown>,
    scopes: ReadonlyArray<string>
  ) => {
    const nuapay = onBehalf(world.options({ scopes }))
    const app = create()
    app.set("env", "test")
    app.use(nuapay)
    app.get("/", (request, response, next) => {
      use(request.onBehalf)
        .then((body) => response.json(body ?? null))
        .catch(next)
    })
    app.use(errorHandler)
    const { get } = await world.serve(app, nuapay)
    const answer = await get("/", world.merchant())
    assert.strictEqual(answer.status, 200, answer.text)
    return answer.json
  }

  it("invariant 1: each set of scopes, each resource and each product has tokens of its own", async () => {
    const json = await run(
      async (access) => {
        const made = async () => {
          const answer = await access.fetch("/tpp/payments", {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: JSON.stringify({ amount: 1 })
          })
          return ((await answer.json()) as { data: { id: string } }).data.id
        }
        const [one, other] = [await made(), await made()]
        const asked = [
          { products: ["open_banking_pis"], resourceId: one },
          { products: ["open_banking_pis"], resourceId: other },
          { products: ["open_banking_ais"], resourceId: one }
        ]
        const ids: Array<string> = []
        // Twice each: what is kept must be what it was kept for.
        for (const grant of [...asked, ...asked]) {
          const token = await access.application(grant).token()
          assert.strictEqual(token.resourceId, grant.resourceId)
          ids.push(token.id)
        }
        assert.deepStrictEqual(ids.slice(3), ids.slice(0, 3))
        assert.strictEqual(new Set(ids).size, 3)
        const scopes = [["admin"], ["openbanking_pisp"], ["admin", "openbanking_pisp"]]
        const got = []
        for (const each of scopes) {
          got.push((await access.using({ scopes: each, expiresIn: 60 }).token()).scopes)
        }
        return got
      },
      ["openbanking_pisp"]
    )
    assert.deepStrictEqual(json, [["admin"], ["openbanking_pisp"], ["admin", "openbanking_pisp"]])
  })

  it("what is no grant is refused with an OnBehalfError, and nothing is sent", async () => {
    const circular: Array<unknown> = []
    circular.push(circular)
    const given = [...hostileThings, undefined, null, circular, "", "x"]
    await run(
      async (access) => {
        const attempts = given.flatMap((value) =>
          [
            { scopes: value },
            { scopes: ["admin", value] },
            { expiresIn: value },
            { minimumValidity: value },
            value
          ].map((options) => async () => access.using(options as never).token())
        )
        const applications = given.flatMap((value) =>
          [
            { products: value, resourceId: "r1" },
            { products: ["p"], resourceId: value },
            value
          ].map((options) => async () => access.application(options as never).token())
        )
        let refused = 0
        for (const attempt of [...attempts, ...applications]) {
          const error: unknown = await attempt().catch((caught: unknown) => caught)
          if (!(error instanceof Error)) continue
          assert.instanceOf(error, OnBehalfError, inspect(error))
          if (error.code === "invalid_request") refused++
        }
        assert.isAbove(refused, 150)
      },
      ["admin"]
    )
    const paths = new Set(world.simulator.requests.map(({ path }) => path))
    for (const path of paths) assert.match(path, new RegExp(`^/organisations/${world.merchant()}/`))
  })

  it("minimumValidity that is no number is refused, and not taken for one", async () => {
    await run(
      async (access) => {
        for (const minimumValidity of [new Date(0), "5", [5], { valueOf: () => 5 }, true, null]) {
          assert.throws(() => access.using({ minimumValidity } as never), OnBehalfError)
        }
      },
      ["admin"]
    )
    assert.deepStrictEqual(world.simulator.counters, {})
  })

  it("stays what it was when it was asked for", async () => {
    const json = await run(
      async (access) => {
        const scopes = ["openbanking_pisp"]
        const payments = access.using({ scopes })
        scopes[0] = "admin"
        return (await payments.token()).scopes
      },
      ["admin"]
    )
    assert.deepStrictEqual(json, ["openbanking_pisp"])
  })
})
