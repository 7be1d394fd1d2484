import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { once } from "node:events"
import { connect, type TlsOptions } from "node:tls"
import { everyForm } from "../support/canary.ts"
import { answer, mintingOr, tokenBody } from "../support/hostileAnswers.ts"
import {
  askToken,
  refusal,
  secrets,
  withBrokerOn,
  withMerchantOn,
  wordOf
} from "../support/hostileClient.ts"
import { type Handle, hostileSocket, type HostileSocket } from "../support/hostileSocket.ts"
import { authorityTrusted, certificate } from "../support/hostileTls.ts"
import { grantFor } from "../support/broker.ts"

const giving: Handle = (socket, request, count) =>
  socket.write(answer(201, tokenBody(request, count)))

/** Old enough to be refused; the server has to be told to speak it at all. */
const old = (version: "TLSv1" | "TLSv1.1"): TlsOptions => ({
  ...certificate("good"),
  minVersion: "TLSv1",
  maxVersion: version,
  ciphers: "ALL:@SECLEVEL=0"
})

/** What a client that minds nothing speaks with that server. */
const spoken = (port: number): Effect.Effect<string | null> =>
  Effect.promise(async () => {
    const options = { minVersion: "TLSv1", ciphers: "ALL:@SECLEVEL=0" } as const
    const socket = connect({ port, host: "127.0.0.1", ...options })
    await once(socket, "secureConnect")
    const version = socket.getProtocol()
    socket.destroy()
    return version
  })

const untrusted: ReadonlyArray<readonly [string, TlsOptions]> = [
  ["expired", certificate("expired")],
  ["not yet valid", certificate("early")],
  ["of another host", certificate("elsewhere")],
  ["signed by itself", certificate("selfSigned")]
]

/** Nothing of ours arrived, in the clear or not. */
const assertNothingArrived = (server: HostileSocket): void => {
  assert.strictEqual(server.seen.length, 0)
  for (const text of ["POST", "HTTP", ...secrets]) assert.notInclude(server.received(), text)
}

describe("F18: TLS", () => {
  it.live(
    "the good certificate of a trusted authority is accepted, so that the rest proves something",
    () =>
      Effect.gen(function* () {
        yield* authorityTrusted
        const handle = mintingOr((socket) => socket.write(answer(200)))
        const server = yield* hostileSocket(handle, { tls: certificate("good") })
        assert.strictEqual((yield* askToken(server.url)).token.organisation, "merchant-1")
        const named = server.url.replace("127.0.0.1", "localhost")
        assert.strictEqual((yield* askToken(named)).token.organisation, "merchant-1")
        yield* withMerchantOn(server.url, (client) => client.get("/mandates"))
      })
  )

  it.live.each(untrusted)(
    "a certificate that is %s: nothing is sent, and no answer lost",
    ([, tls]) =>
      Effect.gen(function* () {
        yield* authorityTrusted
        const server = yield* hostileSocket(giving, { tls })
        yield* withBrokerOn(server.url, (broker) =>
          Effect.gen(function* () {
            const grant = yield* grantFor("merchant-1")
            const error = yield* Effect.flip(broker.acquire(grant))
            assert.strictEqual(wordOf(error.reason), "connection")
            assert.strictEqual((yield* broker.explain(grant)).answersLost, 0)
            assert.notInclude(everyForm(error), "127.0.0.1")
          })
        )
        assertNothingArrived(server)
      })
  )

  it.live("a good certificate of an authority that is not trusted", () =>
    Effect.gen(function* () {
      const server = yield* hostileSocket(giving, { tls: certificate("good") })
      assert.strictEqual(wordOf(yield* refusal(server.url)), "connection")
      assertNothingArrived(server)
    })
  )

  it.live.each(["TLSv1", "TLSv1.1"] as const)("%s is too old", (version) =>
    Effect.gen(function* () {
      yield* authorityTrusted
      const server = yield* hostileSocket(giving, { tls: old(version) })
      assert.strictEqual(yield* spoken(server.port), version)
      assert.strictEqual(wordOf(yield* refusal(server.url)), "connection")
      assertNothingArrived(server)
    })
  )

  it.live("a certificate that goes bad between two tries stops the second", () =>
    Effect.gen(function* () {
      yield* authorityTrusted
      const closing: Handle = (socket) => socket.end(answer(503))
      const good = yield* hostileSocket(closing, { tls: certificate("good") })
      assert.strictEqual(wordOf(yield* refusal(good.url)), "status")
      const bad = yield* hostileSocket(giving, { tls: certificate("elsewhere") })
      assert.strictEqual(wordOf(yield* refusal(bad.url)), "connection")
      assertNothingArrived(bad)
    })
  )
})

/** What a peer may do to a handshake; each gets the first bytes, none of them ends well. */
const handshakes: ReadonlyArray<readonly [string, Buffer | "end" | "reset"]> = [
  ["closed", "end"],
  ["reset", "reset"],
  ["answered in plain HTTP", answer(201, "{}")],
  ["answered with a redirect to plain HTTP", answer(301, "", { location: "http://127.0.0.1/" })],
  ["answered with an alert", Buffer.from([21, 3, 3, 0, 2, 2, 40])],
  ["answered with an alert of an old version", Buffer.from([21, 3, 1, 0, 2, 2, 70])],
  ["answered with nonsense", Buffer.from("\u0016\u0003\u0003\u0000\u0004nonsense", "latin1")]
]

describe("F18: a handshake that fails", () => {
  it.live.each(handshakes)("%s: no token, and never plain text", ([, action]) =>
    Effect.gen(function* () {
      let first = ""
      const server = yield* hostileSocket(() => undefined, {
        onConnection: (socket) =>
          socket.once("data", (chunk) => {
            first += chunk.toString("latin1")
            if (action === "reset") socket.resetAndDestroy()
            else socket.end(action === "end" ? "" : action)
          })
      })
      const url = server.url.replace("http:", "https:")
      yield* withBrokerOn(url, (broker) =>
        Effect.gen(function* () {
          const { reason } = yield* Effect.flip(broker.acquire(yield* grantFor("merchant-1")))
          assert.include(["connection", "transfer"], wordOf(reason))
        })
      )
      assert.isAtLeast(server.sockets.length, 2)
      assert.strictEqual(first.charCodeAt(0), 22, "a TLS handshake")
      assertNothingArrived(server)
    })
  )
})
