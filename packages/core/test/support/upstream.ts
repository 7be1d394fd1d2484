/** Nuapay as a function: what it answers, and what it was asked. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Gatekeeper from "../../src/Gatekeeper.ts"
import * as Partner from "../../src/Partner.ts"

export const apiKey = "canary-api-key-7f3a"

export interface Asked {
  readonly method: string
  readonly url: string
  readonly path: string
  readonly headers: Headers
  readonly body: unknown
}

export type Answers = (asked: Asked, count: number) => Response | Promise<Response>

export interface Upstream {
  readonly asked: Array<Asked>
  readonly fetch: typeof globalThis.fetch
}

export const upstream = (answers: Answers): Upstream => {
  const asked: Array<Asked> = []
  return {
    asked,
    fetch: async (input, init) => {
      const request = new Request(input, init)
      const text = await request.text()
      const url = new URL(request.url)
      const one: Asked = {
        method: request.method,
        url: request.url,
        path: url.pathname,
        headers: request.headers,
        body: text === "" ? undefined : JSON.parse(text)
      }
      asked.push(one)
      return answers(one, asked.length)
    }
  }
}

/** Partner, HTTP and Gatekeeper on top of an upstream. */
export const layerOf = (
  fetch: typeof globalThis.fetch,
  options: Partial<Partner.PartnerOptions> = {}
) =>
  Gatekeeper.layer().pipe(
    Layer.provideMerge(
      Layer.merge(
        Partner.layer({ apiKey: Redacted.make(apiKey), ...options }),
        Layer.provide(FetchHttpClient.layer, Layer.succeed(FetchHttpClient.Fetch, fetch))
      )
    )
  )

/** The envelope of a token, valid unless told otherwise. Times are of the server's clock. */
export const tokenData = (overrides: Record<string, unknown> = {}): Record<string, unknown> => ({
  id: "token-1",
  uri: "/organisations/merchant-1/tokens/token-1",
  accessToken: "canary-token-text-1",
  tokenType: "BEARER",
  status: "ACTIVE",
  scopes: ["admin"],
  requestedOrganisation: "merchant-1",
  requestingOrganisation: "partner-1",
  createdTimestamp: 1_800_000_000_000,
  expiryTime: 1_800_000_600_000,
  ...overrides
})

export const tokenAnswer = (overrides?: Record<string, unknown>): Response =>
  Response.json({ uri: "/tokens", data: tokenData(overrides) }, { status: 201 })

/** Tokens numbered in order, each for the organisation in the path and the scopes in the body. */
export const minting: Answers = (asked, count) => {
  const organisation = /\/organisations\/([^/]+)\//.exec(asked.path)?.[1] ?? "partner-1"
  const body = asked.body as { scopes?: ReadonlyArray<string>; expiresIn?: number }
  return tokenAnswer({
    id: `token-${count}`,
    accessToken: `canary-token-text-${count}`,
    requestedOrganisation: organisation,
    scopes: body.scopes,
    expiryTime: 1_800_000_000_000 + (body.expiresIn ?? 10) * 1000
  })
}

/** Mints, and confirms revocations. */
export const revoking: Answers = (asked, count) => {
  const [, id] = /\/tokens\/([^/]+)\/revoke$/.exec(asked.path) ?? []
  if (id !== undefined) return Response.json({ data: { id, status: "REVOKED" } })
  return asked.path.endsWith("/tokens/revoke")
    ? Response.json({ data: { revokedTokensCount: 1 } })
    : minting(asked, count)
}

/** Mints, once a gate is open. */
export const mintingAfter =
  (gate: Promise<void>): Answers =>
  async (asked, count) => {
    await gate
    return minting(asked, count)
  }

/** Yields often enough for everything that is not waiting for time to finish. */
export const settle: Effect.Effect<void> = Effect.promise(async () => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
})
