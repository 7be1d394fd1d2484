import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import { gzipSync } from "node:zlib"
import type { TokenId } from "../src/AccessToken.ts"
import * as Gatekeeper from "../src/Gatekeeper.ts"
import * as Grant from "../src/Grant.ts"
import type { OrganisationId } from "../src/Organisation.ts"
import { hostile } from "./support/hostile.ts"
import { seeded } from "./support/random.ts"
import { apiKey, type Answers, layerOf, tokenAnswer, upstream } from "./support/upstream.ts"

const merchant = "merchant-1" as OrganisationId
const using = <A, E>(
  answers: Answers,
  use: (
    gatekeeper: Gatekeeper.Gatekeeper["Service"],
    asked: ReturnType<typeof upstream>["asked"]
  ) => Effect.Effect<A, E>,
  options?: Parameters<typeof layerOf>[1]
) => {
  const nuapay = upstream(answers)
  return Gatekeeper.Gatekeeper.use((gatekeeper) => use(gatekeeper, nuapay.asked)).pipe(
    Effect.provide(layerOf(nuapay.fetch, options))
  )
}

const pages =
  (count: number): Answers =>
  (asked) => {
    const pageNumber = Number(new URL(asked.url).searchParams.get("pagenumber"))
    return Response.json({
      uri: "/organisations",
      data: [{ id: `m${pageNumber}` }],
      page: { pageNumber, pageSize: 100, totalElements: count, totalPages: count }
    })
  }

describe("Gatekeeper requests", () => {
  it.effect("each call has its documented method, path, body and credentials", () =>
    using(
      (asked) =>
        asked.path.endsWith("/revoke")
          ? Response.json({ data: { id: "t1", status: "REVOKED", revokedTokensCount: 2 } })
          : asked.method === "POST"
            ? tokenAnswer({
                requestedOrganisation: asked.path.includes("merchant-1")
                  ? "merchant-1"
                  : "partner-1",
                resourceId: "r1"
              })
            : Response.json({ data: { id: "merchant-1" } }),
      (gatekeeper, asked) =>
        Effect.gen(function* () {
          const scopes = ["admin"]
          const products = ["emandates"]
          const organisationId = "merchant-1"
          yield* gatekeeper.requestToken(
            yield* Grant.forOrganisation(organisationId, { scopes, expiresIn: 360 })
          )
          yield* gatekeeper.requestToken(yield* Grant.own({ scopes, expiresIn: 60 }))
          yield* gatekeeper.requestToken(
            yield* Grant.forApplication({ organisationId, products, resourceId: "r1" })
          )
          yield* gatekeeper.requestToken(
            yield* Grant.forApplication({ products, resourceId: "r1" })
          )
          yield* gatekeeper.revokeToken(merchant, "t1" as TokenId)
          yield* gatekeeper.revokeToken(undefined, "t1" as TokenId)
          assert.strictEqual(yield* gatekeeper.revokeAll(merchant), 2)
          yield* gatekeeper.revokeAll(undefined)
          yield* gatekeeper.organisation(organisationId)
          assert.deepStrictEqual(
            asked.map(({ body, method, path }) => [method, path, body]),
            [
              ["POST", "/tpp/organisations/merchant-1/tokens", { scopes, expiresIn: 360 }],
              ["POST", "/tpp/tokens", { scopes, expiresIn: 60 }],
              [
                "POST",
                "/tpp/organisations/merchant-1/applications/tokens",
                { products, resourceId: "r1" }
              ],
              ["POST", "/tpp/applications/tokens", { products, resourceId: "r1" }],
              ["POST", "/tpp/organisations/merchant-1/tokens/t1/revoke", undefined],
              ["POST", "/tpp/tokens/t1/revoke", undefined],
              ["POST", "/tpp/organisations/merchant-1/tokens/revoke", undefined],
              ["POST", "/tpp/tokens/revoke", undefined],
              ["GET", "/cust/organisations/merchant-1", undefined]
            ]
          )
          for (const { headers } of asked) {
            assert.strictEqual(headers.get("authorization"), `Basic ${btoa(`${apiKey}:`)}`)
            assert.strictEqual(headers.get("accept-encoding"), "identity")
            assert.isFalse(headers.has("traceparent"))
          }
        }),
      { gatekeeperPrefix: "/tpp", organisationPrefix: "/cust" }
    )
  )

  it.effect("the filters of the list, and nothing that was not asked for", () =>
    using(pages(1), (gatekeeper, asked) =>
      Effect.gen(function* () {
        yield* gatekeeper.organisations(
          {
            name: "Café & Söhne",
            recursive: true,
            organisationIds: ["a", "b"],
            status: "ACTIVE",
            country: "IE",
            organisationType: "MERCHANT",
            vatNumber: "IE1",
            customerDefinedReference: "ref"
          },
          { pageNumber: 2, pageSize: 50 }
        )
        const query = new URL(asked[0]?.url ?? "").searchParams
        assert.deepStrictEqual(
          [...query],
          [
            ["name", "Café & Söhne"],
            ["customerdefinedreference", "ref"],
            ["recursive", "true"],
            ["vatnumber", "IE1"],
            ["country", "IE"],
            ["status", "ACTIVE"],
            ["organisationid", "a"],
            ["organisationid", "b"],
            ["organisationtype", "MERCHANT"],
            ["pagenumber", "2"],
            ["pagesize", "50"]
          ]
        )
      })
    )
  )

  it.effect("a page that cannot be is refused before it is asked for", () =>
    using(pages(1), (gatekeeper, asked) =>
      Effect.gen(function* () {
        for (const page of [
          { pageNumber: 0 },
          { pageSize: 101 },
          { pageSize: 0 },
          { pageNumber: 1.5 }
        ]) {
          const error = yield* Effect.flip(gatekeeper.organisations({}, page))
          assert.strictEqual(error.code, "invalid_request")
        }
        assert.strictEqual(asked.length, 0)
      })
    )
  )

  it.effect(
    "T6, invariant 1: 100 000 fuzzed ids never reach another path",
    () =>
      using(
        (asked) => Response.json({ data: { id: asked.path.split("/")[2] } }),
        (gatekeeper, asked) =>
          Effect.gen(function* () {
            const pieces = [
              "..",
              ".",
              "/",
              "\\",
              "%2e",
              "%2F",
              "tokens",
              "revoke",
              "?",
              "#",
              ";",
              "@"
            ]
            const more = ["a", "Z", "0", "_", "-", "\u0000", "\n", " ", "\u202e", "é", "//", "://"]
            const alphabet = [...pieces, ...more]
            const next = seeded(7)
            let valid = 0
            for (let round = 0; round < 100_000; round++) {
              const length = next(6)
              const id = Array.from({ length }, () => alphabet[next(alphabet.length)]).join("")
              const outcome = yield* Effect.exit(gatekeeper.organisation(id))
              const grant = yield* Effect.exit(Grant.forOrganisation(id, { scopes: ["a"] }))
              assert.strictEqual(Exit.isSuccess(outcome), Exit.isSuccess(grant))
              if (Exit.isFailure(outcome)) continue
              valid++
              assert.strictEqual(asked.at(-1)?.path, `/organisations/${id}`)
            }
            assert.strictEqual(asked.length, valid)
            assert.isAbove(valid, 500)
          })
      ),
    180_000
  )
})

describe("Gatekeeper.allOrganisations", () => {
  it.effect("every page, each fetched when it is needed", () =>
    using(pages(3), (gatekeeper, asked) =>
      Effect.gen(function* () {
        const two = yield* Stream.runCollect(Stream.take(gatekeeper.allOrganisations(), 2))
        assert.deepStrictEqual(
          two.map((one) => one.id as string),
          ["m1", "m2"]
        )
        assert.strictEqual(asked.length, 2)
        const all = yield* Stream.runCollect(gatekeeper.allOrganisations())
        assert.deepStrictEqual(
          all.map((one) => one.id as string),
          ["m1", "m2", "m3"]
        )
      })
    )
  )

  it.effect("stops where the server never says that it ends, but sends an empty page", () =>
    using(
      (asked) => {
        const pageNumber = Number(new URL(asked.url).searchParams.get("pagenumber"))
        const data = pageNumber > 3 ? [] : Array.from({ length: 100 }, (_, i) => ({ id: `m${i}` }))
        return Response.json({ data })
      },
      (gatekeeper, asked) =>
        Effect.gen(function* () {
          const all = yield* Stream.runCount(gatekeeper.allOrganisations())
          assert.strictEqual(all, 300)
          assert.strictEqual(asked.length, 4)
        })
    )
  )

  it.effect("stops on interruption", () =>
    using(
      () => new Promise<Response>(() => undefined),
      (gatekeeper, asked) =>
        Effect.gen(function* () {
          const fiber = yield* Effect.forkChild(Stream.runDrain(gatekeeper.allOrganisations()), {
            startImmediately: true
          })
          yield* Fiber.interrupt(fiber)
          assert.isAtMost(asked.length, 1)
        })
    )
  )
})

describe("Gatekeeper answers, over real sockets", () => {
  const ask = (url: string) =>
    Gatekeeper.Gatekeeper.use((gatekeeper) =>
      Effect.flatMap(Grant.forOrganisation("merchant-1", { scopes: ["admin"] }), (grant) =>
        Effect.flip(gatekeeper.requestToken(grant))
      )
    ).pipe(Effect.provide(layerOf(globalThis.fetch, { baseUrl: url })))

  it.effect.each([300, 301, 302, 303, 307, 308])(
    "T7, invariant 7: a redirect %i is an error and is not followed",
    (status) =>
      Effect.gen(function* () {
        const other = yield* hostile((_, response) => response.writeHead(201).end("{}"))
        const server = yield* hostile((_, response) =>
          response.writeHead(status, { location: `${other.url}/organisations/x/tokens` }).end()
        )
        assert.strictEqual((yield* ask(server.url)).code, "unsupported")
        assert.strictEqual(other.seen.length, 0)
        assert.strictEqual(server.seen.length, 1)
      })
  )

  it.effect("T18, invariant 8: an answer without end is cut off", () =>
    Effect.gen(function* () {
      let sent = 0
      const server = yield* hostile((_, response) => {
        response.writeHead(201, { "content-type": "application/json" })
        const push = () => {
          if (response.destroyed) return
          sent += 65_536
          response.write("x".repeat(65_536), () => setImmediate(push))
        }
        push()
      })
      const error = yield* ask(server.url)
      assert.strictEqual(error.code, "malformed_answer")
      assert.isBelow(sent, 64 * 1024 * 1024)
    })
  )

  it.effect("T18, invariant 8: a compressed answer that was not asked for is capped decoded", () =>
    Effect.gen(function* () {
      const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x20))
      const server = yield* hostile((_, response) =>
        response.writeHead(201, { "content-encoding": "gzip" }).end(bomb)
      )
      assert.strictEqual((yield* ask(server.url)).code, "malformed_answer")
    })
  )

  it.effect("F8, F9: reset and truncation are Unavailable, with a fixed word", () =>
    Effect.gen(function* () {
      const reset = yield* hostile((request) => request.socket.destroy())
      const truncated = yield* hostile((request, response) => {
        response.writeHead(201, { "content-length": "1000" })
        response.write('{"data":')
        setImmediate(() => request.socket.destroy())
      })
      for (const [server, problem] of [
        [reset, "transfer"],
        [truncated, "transfer"]
      ] as const) {
        const { reason } = yield* ask(server.url)
        assert.strictEqual(reason._tag === "Unavailable" && reason.problem, problem)
      }
    })
  )

  it.live("F19: a refused connection is Unavailable", () =>
    Effect.gen(function* () {
      const gone = yield* Effect.scoped(hostile(() => undefined))
      const { reason } = yield* ask(gone.url)
      assert.strictEqual(reason._tag === "Unavailable" && reason.problem, "connection")
    })
  )

  it.effect("F7, invariant 8: a server that hangs costs the timeout and no more", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(
        Gatekeeper.Gatekeeper.use((gatekeeper) => gatekeeper.organisation("m1")).pipe(
          Effect.provide(layerOf(() => new Promise(() => undefined))),
          Effect.flip
        ),
        { startImmediately: true }
      )
      yield* TestClock.adjust("5 seconds")
      const { reason } = yield* Fiber.join(fiber)
      assert.strictEqual(reason._tag === "Unavailable" && reason.problem, "timeout")
    })
  )
})
