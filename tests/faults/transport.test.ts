import { assert, describe, it } from "@effect/vitest"
import { createTokenBroker, TokenError } from "@onbehalf/core"
import { memoryStore } from "@onbehalf/store-memory"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import {
  createServer as createTcpServer,
  type AddressInfo,
  type Server,
  type Socket
} from "node:net"
import { join } from "node:path"
import { createServer as createTlsServer } from "node:tls"
import { tokenData } from "../../packages/core/test/support/upstream.ts"

const folder = join(import.meta.dirname, "certificates")
const certificate = {
  key: readFileSync(join(folder, "selfSigned.key")),
  cert: readFileSync(join(folder, "selfSigned.pem"))
}

interface Listening extends AsyncDisposable {
  readonly port: number
  readonly sockets: Set<Socket>
  /** What came in, as it came. */
  readonly received: () => string
}

const listening = async (server: Server, handle: (socket: Socket) => void): Promise<Listening> => {
  const sockets = new Set<Socket>()
  const chunks: Array<Buffer> = []
  const take = (socket: Socket) => {
    sockets.add(socket)
    socket.on("error", () => undefined)
    socket.on("data", (chunk) => chunks.push(chunk))
    handle(socket)
  }
  server.on(server.listenerCount("secureConnection") > 0 ? "secureConnection" : "connection", take)
  server.on("tlsClientError", () => undefined)
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  return {
    port: (server.address() as AddressInfo).port,
    sockets,
    received: () => Buffer.concat(chunks).toString(),
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, "close")
    }
  }
}

const tcp = (handle: (socket: Socket) => void) => listening(createTcpServer(), handle)

const brokerOn = (baseUrl: string) =>
  createTokenBroker({
    apiKey: "canary-key",
    environment: "sandbox",
    baseUrl,
    store: memoryStore(),
    // The other side keeps its own clock: short waits, real ones.
    timeout: 300,
    deadline: 2_000,
    retryPolicy: { retries: 0 }
  })

const failureOn = async (baseUrl: string) => {
  await using broker = await brokerOn(baseUrl)
  const merchant = await broker.forOrganisation("merchant-1", { scopes: ["admin"] })
  const failure = await merchant.token().then(
    () => undefined,
    (error: unknown) => error
  )
  if (!(failure instanceof TokenError)) throw new Error("expected a TokenError", { cause: failure })
  return failure
}

const problemOf = (error: TokenError): string | undefined =>
  error.reason._tag === "Unavailable" ? error.reason.problem : error.code

const body = JSON.stringify({ data: tokenData({ requestedOrganisation: "merchant-1" }) })
const created = (length = Buffer.byteLength(body)) =>
  `HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`

/** Answers each request with what it is told. */
const answering = (write: (socket: Socket, count: number) => void) => {
  let count = 0
  return (socket: Socket) => socket.on("data", () => write(socket, ++count))
}

describe("T6: the request line as it arrives", () => {
  it("is the template with the id, and the credentials are in the header alone", async () => {
    await using server = await tcp(answering((socket) => socket.end(created() + body)))
    await using broker = await brokerOn(`http://127.0.0.1:${server.port}`)
    const merchant = await broker.forOrganisation("merchant-1", { scopes: ["admin"] })
    assert.strictEqual((await merchant.token()).id, "token-1")
    const [line, ...rest] = server.received().split("\r\n")
    assert.strictEqual(line, "POST /organisations/merchant-1/tokens HTTP/1.1")
    const named = rest.filter((one) => one.includes(btoa("canary-key:")))
    assert.deepStrictEqual(named, [`authorization: Basic ${btoa("canary-key:")}`])
    assert.notInclude(server.received(), "canary-key")
  })
})

describe("slow and silent", () => {
  it.each([
    ["F7: accepts and says nothing", () => undefined],
    ["F6: headers a byte at a time", (socket: Socket) => drip(socket, created() + body)],
    [
      "F6: the body a byte at a time",
      (socket: Socket) => {
        socket.write(created())
        drip(socket, body)
      }
    ]
  ])(
    "%s: ends with the request's time, and the other side sees the socket close",
    async (_, write) => {
      const closed = Promise.withResolvers<void>()
      await using server = await tcp((socket) => {
        socket.on("close", () => closed.resolve())
        socket.on("data", () => write(socket))
      })
      const error = await failureOn(`http://127.0.0.1:${server.port}`)
      assert.strictEqual(problemOf(error), "timeout")
      await closed.promise
    }
  )
})

/** Bounded by the socket: it is closed long before the text is through. */
const drip = (socket: Socket, text: string): void => {
  const [first, rest] = [text.slice(0, 1), text.slice(1)]
  if (socket.destroyed || rest === "") return
  socket.write(first, () => setTimeout(() => drip(socket, rest), 20))
}

describe("broken on the way", () => {
  it.each([
    ["F8: reset before an answer", (socket: Socket) => socket.resetAndDestroy()],
    [
      "F8: reset in the head",
      (socket: Socket) => socket.write("HTTP/1.1 201 Cr", () => socket.resetAndDestroy())
    ],
    [
      "F8: reset in the body",
      (socket: Socket) =>
        socket.write(created() + body.slice(0, 20), () => socket.resetAndDestroy())
    ],
    ["F9: less than the length says", (socket: Socket) => socket.end(created(5_000) + body)],
    ["F9: not HTTP at all", (socket: Socket) => socket.end("220 smtp ready\r\n")]
  ])("%s is no token, and may have been sent", async (_, write) => {
    await using server = await tcp(answering((socket) => write(socket)))
    const error = await failureOn(`http://127.0.0.1:${server.port}`)
    assert.strictEqual(problemOf(error), "transfer")
  })

  it("F9: bytes after the answer never become the next answer", async () => {
    const foreign = body.replaceAll("merchant-1", "merchant-9")
    await using server = await tcp(
      answering((socket) => socket.write(created() + body + created(foreign.length) + foreign))
    )
    await using broker = await brokerOn(`http://127.0.0.1:${server.port}`)
    const first = await broker.forOrganisation("merchant-1", { scopes: ["admin"] })
    const other = await broker.forOrganisation("merchant-9", { scopes: ["admin"] })
    const outcomes = await Promise.allSettled([first.token(), other.token(), other.token()])
    for (const outcome of outcomes) {
      if (outcome.status === "fulfilled")
        assert.strictEqual(outcome.value.organisation, "merchant-1")
    }
    // The second answer was about to be taken for merchant-9's own: it is the very text of merchant-1's.
    assert.strictEqual(outcomes[1]?.status, "rejected")
  })

  it.each([
    ["malformed", '{"data":{"id":"a"'],
    [
      "duplicate keys that change the holder",
      body
        .replace('"id"', '"requestedOrganisation":"m9","id"')
        .replace("}}", ',"requestedOrganisation":"m9"}}')
    ],
    ["deep", `{"data":${"[".repeat(50_000)}`],
    ["a number that is none", '{"data":{"expiryTime":1e400}}'],
    ["UTF-16", Buffer.from(body, "utf16le").toString("latin1")],
    ["invalid UTF-8", '{"data":{"id":"\xff\xfe"}}']
  ])("F10: %s", async (_, text) => {
    await using server = await tcp(
      answering((socket) => {
        socket.write(created(Buffer.byteLength(text, "latin1")))
        socket.end(Buffer.from(text, "latin1"))
      })
    )
    const error = await failureOn(`http://127.0.0.1:${server.port}`)
    assert.include(["malformed_answer", "wrong_token"], error.code)
  })

  it("F10: a byte order mark is no reason to refuse", async () => {
    await using server = await tcp(
      answering((socket) => socket.end(`${created(Buffer.byteLength(body) + 3)}\ufeff${body}`))
    )
    await using broker = await brokerOn(`http://127.0.0.1:${server.port}`)
    const merchant = await broker.forOrganisation("merchant-1", { scopes: ["admin"] })
    assert.strictEqual((await merchant.token()).id, "token-1")
  })
})

describe("no way there", () => {
  const tls = () => {
    const server = createTlsServer(certificate)
    server.on("secureConnection", () => undefined)
    return listening(
      server,
      answering((socket) => socket.end(created() + body))
    )
  }

  it("F18: a certificate that nobody vouches for", async () => {
    await using server = await tls()
    const error = await failureOn(`https://127.0.0.1:${server.port}`)
    assert.strictEqual(problemOf(error), "connection")
    assert.strictEqual(server.received(), "")
  })

  it.each([
    ["F18: plain HTTP where TLS was expected", (socket: Socket) => socket.end(created() + body)],
    ["F18: closed in the middle of the handshake", (socket: Socket) => socket.destroy()]
  ])("%s: no token, no fall-back to plain text", async (_, write) => {
    await using server = await tcp(answering((socket) => write(socket)))
    const error = await failureOn(`https://127.0.0.1:${server.port}`)
    assert.strictEqual(error.code, "unavailable")
    assert.notInclude(server.received(), "POST")
    assert.notInclude(server.received(), btoa("canary-key:"))
  })
})
