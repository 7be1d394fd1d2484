import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { answer, mintingOr, targetOf, tokenBody } from "../support/hostileAnswers.ts"
import { grantFor } from "../support/broker.ts"
import {
  askToken,
  promiseBrokerOn,
  rejection,
  withGatekeeper,
  withMerchantOn
} from "../support/hostileClient.ts"
import { type HostileOptions, hostileSocket, type HostileSocket } from "../support/hostileSocket.ts"
import { authorityTrusted, certificate } from "../support/hostileTls.ts"
import { TokenError } from "@onbehalf/core"

const statuses = [300, 301, 302, 303, 305, 306, 307, 308, 399]

/** Where an attacker may point to, seen from the server that was asked. */
const targets = (own: string, other: HostileSocket): ReadonlyArray<string> => [
  "/organisations/merchant-1/tokens?again",
  "tokens",
  `${own}/organisations/merchant-1/tokens`,
  `${other.url}/organisations/merchant-1/tokens`,
  `//127.0.0.1:${other.port}/organisations/merchant-1/tokens`,
  `\\\\127.0.0.1:${other.port}\\tokens`,
  `http://user:password@127.0.0.1:${other.port}/tokens`,
  "data:application/json,{}",
  "",
  "http://["
]

/** An attacker who has a token ready that passes every check. */
const attacker = hostileSocket((socket, request, count) => {
  socket.end(answer(201, tokenBody(request, count)))
})

/** Redirects everything but, where told, the token calls; each redirect has a perfect token for its body. */
const redirecting = (
  status: number,
  location: () => string,
  options?: HostileOptions & { readonly minting?: boolean }
) => {
  const handle: Parameters<typeof hostileSocket>[0] = (socket, request, count) => {
    const body = tokenBody(request, count)
    socket.write(answer(status, body, { location: location(), refresh: `0; url=${location()}` }))
  }
  return hostileSocket(options?.minting === true ? mintingOr(handle) : handle, options)
}

const assertRefused = (error: unknown, status: number): void => {
  assert.instanceOf(error, TokenError)
  const { reason } = error
  assert.strictEqual(reason._tag, "Unsupported")
  assert.strictEqual("status" in reason && reason.status, status)
}

describe("T7: redirects over the wire", () => {
  it.live.each(statuses)("a token request answered %i goes no further", (status) =>
    Effect.gen(function* () {
      const other = yield* attacker
      let location = ""
      const server = yield* redirecting(status, () => location)
      const all = targets(server.url, other)
      for (const target of all) {
        location = target
        assertRefused(yield* Effect.flip(askToken(server.url)), status)
      }
      assert.strictEqual(server.seen.length, all.length)
      assert.isTrue(
        server.seen.every((one) => targetOf(one) === "/organisations/merchant-1/tokens")
      )
      assert.strictEqual(other.sockets.length, 0)
    })
  )

  it.live.each(statuses)("a merchant call answered %i goes no further", (status) =>
    Effect.gen(function* () {
      const other = yield* attacker
      let location = ""
      const server = yield* redirecting(status, () => location, { minting: true })
      const broker = yield* promiseBrokerOn(server.url)
      const handle = yield* Effect.promise(() =>
        broker.forOrganisation("merchant-1", { scopes: ["admin"] })
      )
      const all = targets(server.url, other)
      yield* withMerchantOn(server.url, (client) =>
        Effect.gen(function* () {
          for (const target of all) {
            location = target
            assertRefused(yield* Effect.flip(client.get("/mandates")), status)
            const send = { method: "POST", body: "{}", redirect: "follow" } as const
            assertRefused(yield* rejection(() => handle.fetch("/mandates", send)), status)
          }
        })
      )
      assert.strictEqual(server.seen.length, 2 + 2 * all.length)
      assert.strictEqual(other.sockets.length, 0)
    })
  )

  it.live("from https down to http: nothing arrives there", () =>
    Effect.gen(function* () {
      yield* authorityTrusted
      const other = yield* attacker
      const location = () => `${other.url}/organisations/merchant-1/tokens`
      const tls = certificate("good")
      for (const status of statuses) {
        const token = yield* redirecting(status, location, { tls })
        assertRefused(yield* Effect.flip(askToken(token.url)), status)
        const call = yield* redirecting(status, location, { tls, minting: true })
        yield* withMerchantOn(call.url, (client) =>
          Effect.map(Effect.flip(client.get("/mandates")), (error) => assertRefused(error, status))
        )
        assert.strictEqual(token.seen.length + call.seen.length, 3)
      }
      assert.strictEqual(other.sockets.length, 0)
    })
  )

  it.live("a fetch that follows all the same: what comes from elsewhere is not believed", () =>
    Effect.gen(function* () {
      const following: typeof globalThis.fetch = (input, init) =>
        globalThis.fetch(input, { ...init, redirect: "follow" })
      const other = yield* attacker
      const path = "/organisations/merchant-1/tokens"
      for (const place of [`${other.url}${path}`, `${path}?again`, `${path}/`]) {
        const server = yield* hostileSocket((socket, request, count) => {
          const body = tokenBody(request, count)
          socket.write(
            targetOf(request) === path ? answer(307, body, { location: place }) : answer(201, body)
          )
        })
        const error = yield* withGatekeeper(
          server.url,
          (gatekeeper) => Effect.flatMap(grantFor("merchant-1"), gatekeeper.requestToken),
          {},
          following
        ).pipe(Effect.flip)
        assertRefused(error, 201)
        const arrived = [...server.seen, ...other.seen]
        assert.isTrue(arrived.some((request) => place.endsWith(targetOf(request))))
      }
    })
  )

  it.live("304 is an answer to a merchant call, as it leads nowhere", () =>
    Effect.gen(function* () {
      const server = yield* hostileSocket(
        mintingOr((socket) =>
          socket.write("HTTP/1.1 304 -\r\nlocation: http://127.0.0.1:1/\r\n\r\n")
        )
      )
      yield* withMerchantOn(server.url, (client) =>
        Effect.map(client.get("/mandates"), ({ status }) => assert.strictEqual(status, 304))
      )
    })
  )
})
