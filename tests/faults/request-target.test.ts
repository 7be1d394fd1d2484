import { assert, describe, it } from "@effect/vitest"
import type { TokenId } from "@onbehalf/core/AccessToken"
import * as Grant from "@onbehalf/core/Grant"
import type { OrganisationId } from "@onbehalf/core/Organisation"
import type { TokenError } from "@onbehalf/core/TokenError"
import * as Effect from "effect/Effect"
import { grantFor } from "../support/broker.ts"
import { answer, isTokenCall, tokenAnswer, tokenBody } from "../support/hostileAnswers.ts"
import { withBrokerOn, withGatekeeper } from "../support/hostileClient.ts"
import { type Handle, hostileSocket } from "../support/hostileSocket.ts"

/** Answers every call of the API as it should be answered. */
const obliging: Handle = (socket, request, count) => {
  if (isTokenCall(request)) return socket.write(tokenAnswer(request, count))
  const place = request.line.startsWith("GET") ? /\/([^/ ]+) HTTP/ : /\/([^/ ]+)\/revoke HTTP/
  const id = place.exec(request.line)?.[1]
  const data = { id, status: "REVOKED", revokedTokensCount: 1 }
  return socket.write(answer(200, JSON.stringify({ data })))
}

/** Strange, but allowed: 1 to 255 of `A-Z a-z 0-9 _ -`. */
const allowed = ["a", "-", "_", "--", "0", "tokens", "revoke", "__proto__", "x".repeat(255)]

const forbidden = [
  "",
  ".",
  "..",
  "../tokens",
  "a/../../tokens",
  "a/b",
  "a\\b",
  "%2e%2e",
  "%2F",
  "a?b",
  "a#b",
  "a;b",
  "a@b",
  "a b",
  "a\r\nb",
  "a\u0000",
  "a\u202eb",
  "é",
  "http://evil.example",
  "x".repeat(256)
]

describe("T6: the request target on the wire", () => {
  it.live("is the template with the id in it, byte for byte, in every call", () =>
    Effect.gen(function* () {
      const server = yield* hostileSocket(obliging)
      const prefixes = { gatekeeperPrefix: "/tpp", organisationPrefix: "/cust" }
      const calls = (id: string) => [
        `POST /tpp/organisations/${id}/tokens`,
        `POST /tpp/organisations/${id}/applications/tokens`,
        `POST /tpp/organisations/${id}/tokens/${id}/revoke`,
        `POST /tpp/tokens/${id}/revoke`,
        `POST /tpp/organisations/${id}/tokens/revoke`,
        `GET /cust/organisations/${id}`
      ]
      yield* withGatekeeper(
        server.url,
        (gatekeeper) =>
          Effect.forEach(allowed, (id) =>
            Effect.gen(function* () {
              const organisation = id as OrganisationId
              const application = { organisationId: id, products: ["p"], resourceId: id }
              yield* gatekeeper.requestToken(yield* grantFor(id))
              yield* gatekeeper.requestToken(yield* Grant.forApplication(application))
              yield* gatekeeper.revokeToken(organisation, id as TokenId)
              yield* gatekeeper.revokeToken(undefined, id as TokenId)
              yield* gatekeeper.revokeAll(organisation)
              yield* gatekeeper.organisation(id)
            })
          ),
        prefixes
      )
      assert.deepStrictEqual(
        server.seen.map(({ line }) => line),
        allowed.flatMap((id) => calls(id).map((call) => `${call} HTTP/1.1`))
      )
    })
  )

  it.live("an id of another shape opens no connection", () =>
    Effect.gen(function* () {
      const server = yield* hostileSocket(obliging)
      const products = ["p"]
      yield* withBrokerOn(server.url, (broker) =>
        Effect.forEach(forbidden, (id) =>
          Effect.gen(function* () {
            const refusals: ReadonlyArray<Effect.Effect<object | number | undefined, TokenError>> =
              [
                Grant.forOrganisation(id, { scopes: ["admin"] }),
                Grant.forApplication({ organisationId: id, products, resourceId: "r1" }),
                Grant.forApplication({ products, resourceId: id }),
                broker.revoke({ id, organisation: "merchant-1" }),
                broker.revoke({ id: "t1", organisation: id }),
                broker.revokeOrganisation(id)
              ]
            for (const refused of refusals) {
              const error = yield* Effect.flip(refused)
              assert.strictEqual(error.code, "invalid_request", JSON.stringify(id))
            }
          })
        )
      )
      yield* withGatekeeper(server.url, (gatekeeper) =>
        Effect.forEach(forbidden, (id) => Effect.flip(gatekeeper.organisation(id)))
      )
      assert.strictEqual(server.sockets.length, 0)
    })
  )

  it.live("the second lock: an id that came past the check opens no connection either", () =>
    Effect.gen(function* () {
      const server = yield* hostileSocket(obliging)
      const past = [
        "..",
        "a/../../tokens",
        "%2e%2e",
        "a%2Fb",
        "a?b",
        "a#b",
        "a;b",
        "a\\b",
        "a b",
        "é"
      ]
      yield* withGatekeeper(server.url, (gatekeeper) =>
        Effect.forEach(past, (id) =>
          Effect.gen(function* () {
            const grant = { ...(yield* grantFor("m1")), organisationId: id as OrganisationId }
            const calls: ReadonlyArray<Effect.Effect<object | number | undefined, TokenError>> = [
              gatekeeper.requestToken(grant),
              gatekeeper.revokeToken("m1" as OrganisationId, id as TokenId),
              gatekeeper.revokeAll(id as OrganisationId)
            ]
            for (const call of calls) {
              const error = yield* Effect.flip(call)
              assert.strictEqual(error.code, "unsupported", id)
            }
          })
        )
      )
      assert.strictEqual(server.sockets.length, 0)
    })
  )

  it.live("addresses in an answer are never followed, not even to revoke", () =>
    Effect.gen(function* () {
      const other = yield* hostileSocket(obliging)
      const path = `${other.url}/tokens/revoke`
      const server = yield* hostileSocket((socket, request, count) => {
        if (!isTokenCall(request)) return obliging(socket, request, count)
        const links = [{ rel: "self", href: path, resourceType: "revoketoken", uri: path }]
        return socket.write(answer(201, tokenBody(request, count, { uri: path, links })))
      })
      yield* withBrokerOn(server.url, (broker) =>
        Effect.gen(function* () {
          const token = yield* broker.acquire(yield* grantFor("merchant-1"))
          yield* broker.revoke(token)
          yield* broker.revokeOrganisation("merchant-1")
        })
      )
      assert.deepStrictEqual(
        server.seen.map(({ line }) => line.split(" ")[1]),
        [
          "/organisations/merchant-1/tokens",
          "/organisations/merchant-1/tokens/token-1/revoke",
          "/organisations/merchant-1/tokens/revoke"
        ]
      )
      assert.strictEqual(other.sockets.length, 0)
    })
  )
})
