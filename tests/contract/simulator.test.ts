import { assert, describe, it } from "@effect/vitest"
import { startSimulator, type RunningSimulator } from "@onbehalf/simulator"
import { cases, type Case, type World } from "./cases.ts"
import {
  loadSpecification,
  specificationsPresent,
  type SpecificationName
} from "./specification.ts"

interface Observation {
  readonly status: number
  readonly body: unknown
}

const basic = (key: string) => `Basic ${Buffer.from(`${key}:`).toString("base64")}`

const post = async (simulator: RunningSimulator, path: string, key: string) => {
  const answer = await simulator.fetch(`${simulator.url}${path}`, {
    method: "POST",
    headers: { authorization: basic(key), "content-type": "application/json" },
    body: JSON.stringify({ scopes: ["userdirect"], expiresIn: 600 })
  })
  return ((await answer.json()) as { data: { id: string; accessToken: string } }).data
}

const makeWorld = async (simulator: RunningSimulator): Promise<World> => {
  const merchant = simulator.merchants[0]?.id ?? ""
  const weakOwner = simulator.apiKeys.of(simulator.merchants[1]?.id ?? "") ?? ""
  const merchantKey = simulator.apiKeys.of(merchant) ?? ""
  const onBehalf = await post(simulator, `/organisations/${merchant}/tokens`, simulator.apiKey)
  return {
    simulator,
    merchant,
    partnerKey: simulator.apiKey,
    merchantKey,
    weakToken: (await post(simulator, "/tokens", weakOwner)).accessToken,
    tokenId: onBehalf.id,
    ownTokenId: (await post(simulator, "/tokens", merchantKey)).id
  }
}

const observe = async (one: Case, world: World): Promise<Observation> => {
  const [method = ""] = one.operation.split(" ")
  const auth = one.auth(world)
  const { body } = one
  const hasBody = body !== undefined && (one.method ?? method) !== "GET"
  const answer = await world.simulator.fetch(`${world.simulator.url}${one.path(world)}`, {
    method: one.method ?? method,
    headers: {
      ...(auth === undefined ? {} : { authorization: auth }),
      ...(hasBody ? { "content-type": one.contentType ?? "application/json" } : {})
    },
    ...(hasBody ? { body: typeof body === "string" ? body : JSON.stringify(body) } : {})
  })
  assert.strictEqual(answer.headers.get("content-type"), "application/json")
  return { status: answer.status, body: await answer.json() }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Property names in `data` that the schema does not know: a misspelt one would validate. */
const strangers = (body: unknown, known: ReadonlySet<string>): ReadonlyArray<string> => {
  const data = isObject(body) ? body["data"] : undefined
  const rows: ReadonlyArray<unknown> = Array.isArray(data) ? data : [data]
  return rows
    .flatMap((row) => (isObject(row) ? Object.keys(row) : []))
    .filter((name) => !known.has(name))
}

const schemaOf = ({ operation, specification }: Case) => {
  if (specification === "organisation") return "OrganisationResponse"
  return operation.endsWith("/tokens/revoke") ? "TokensRevokeAllResponse" : "TokenResponseData"
}

// In the examples of the specification, and not in its schema.
const inExamplesOnly = ["country", "vatID", "applicationToken"]

// What the simulator answers by an option or a fault only (tested above), or not at all: it looks
// at no media type where there is no body, and every caller has a place to revoke its tokens in.
const notByDefault: ReadonlyArray<string> = [
  "POST /organisations/{encodedOrganisationId}/tokens/revoke 415",
  "POST /organisations/{encodedOrganisationId}/tokens/{tokenId}/revoke 422",
  "POST /tokens/revoke 404",
  "POST /tokens/revoke 415",
  "POST /tokens/{tokenId}/revoke 422",
  "GET /organisations 429",
  "GET /organisations/{organisationId} 429"
]

const contract = () => {
  const specifications = {
    gatekeeper: loadSpecification("gatekeeper"),
    organisation: loadSpecification("organisation")
  }

  it.each(cases.map((one) => [`${one.operation} ${one.status}`, one] as const))(
    "%s",
    async (_name, one) => {
      await using simulator = await startSimulator()
      const { body, status } = await observe(one, await makeWorld(simulator))
      assert.strictEqual(status, one.status)
      const specification = specifications[one.specification]
      assert.deepEqual(specification.faultsOf(one.operation, status, body), [])
      if (status >= 400) return
      const known = new Set([...specification.propertiesOf(schemaOf(one)), ...inExamplesOnly])
      assert.deepEqual(strangers(body, known), [])
    }
  )

  it.each(["gatekeeper", "organisation"] as const)(
    "429 by a fault is the documented one: %s",
    async (name: SpecificationName) => {
      await using simulator = await startSimulator()
      const world = await makeWorld(simulator)
      simulator.addFault({ kind: "status", status: 429, retryAfter: 2 })
      const one = cases.find(({ specification }) => specification === name) ?? assert.fail()
      const { body, status } = await observe(one, world)
      assert.strictEqual(status, 429)
      assert.deepEqual(specifications[name].faultsOf(one.operation, 429, body), [])
    }
  )

  it.each([422, 200] as const)(
    "revokeUnknown %s answers in the envelope",
    async (revokeUnknown) => {
      await using simulator = await startSimulator({ revokeUnknown })
      const operation = "POST /tokens/{tokenId}/revoke"
      const one = cases.find((each) => each.operation === operation && each.status === 404)
      const { body, status } = await observe(one ?? assert.fail(), await makeWorld(simulator))
      assert.strictEqual(status, revokeUnknown)
      assert.deepEqual(specifications.gatekeeper.faultsOf(operation, status, body), [])
    }
  )

  it("covers every documented operation and status, but for those named here", () => {
    const seen = new Set(cases.map((one) => `${one.operation} ${one.status}`))
    const missing = Object.values(specifications).flatMap(({ operations }) =>
      [...operations].flatMap(([operation, statuses]) =>
        statuses
          .map((status) => `${operation} ${status}`)
          .filter((key) => !operation.includes("/certificates") && !seen.has(key))
      )
    )
    assert.deepEqual(missing, notByDefault)
  })
}

describe("the simulator keeps to the specifications", () => {
  if (specificationsPresent) contract()
  else it.skip("specifications absent: contract not checked", () => {})
})
