import {
  onBehalf,
  errorHandler,
  type OnBehalfMiddleware,
  type OnBehalfOptions
} from "@onbehalf/express"
import { startSimulator, type RunningSimulator, type SimulatorOptions } from "@onbehalf/simulator"
import { memoryStore } from "@onbehalf/store-memory"
import { afterAll, afterEach, assert, beforeAll } from "@effect/vitest"
import express, { type Express } from "express"
import express4 from "express4"
import { once } from "node:events"
import type { Server } from "node:http"
import type { AddressInfo } from "node:net"
import "@onbehalf/express/request"

/** Both, as their users have them; the types differ in nothing that is used here. */
export const expresses = [
  ["Express 4", express4 as unknown as typeof express],
  ["Express 5", express]
] as const

export type CreateExpress = typeof express

/** A simulator for the tests of one file; faults and counters are gone after each test. */
export const makeWorld = (options?: SimulatorOptions) => {
  let simulator: RunningSimulator | undefined
  const current = (): RunningSimulator => {
    assert.isDefined(simulator)
    return simulator
  }
  const closings: Array<() => Promise<unknown>> = []
  beforeAll(async () => {
    simulator = await startSimulator(options)
  })
  afterEach(async () => {
    await Promise.all(closings.splice(0).map((close) => close()))
    current().reset()
  })
  afterAll(() => simulator?.close())

  /** Ids of merchants that are active. */
  const merchants = (): ReadonlyArray<string> =>
    current()
      .merchants.filter(({ status }) => status === "ACTIVE")
      .map(({ id }) => id)

  return {
    get simulator(): RunningSimulator {
      return current()
    },
    merchants,
    merchant: (index = 0): string => merchants()[index] ?? "",
    /** How often a merchant's token was fetched. */
    tokensFetched: (): number => current().counters["requestTokenForOrganisation"] ?? 0,
    /** Options on the simulator; the merchant is named by a header, as no real app should. */
    options: (given: Partial<OnBehalfOptions> = {}): OnBehalfOptions => ({
      apiKey: current().apiKey,
      baseUrl: current().url,
      store: memoryStore(),
      scopes: ["admin"],
      organisation: (request) => request.get("x-merchant"),
      ...given
    }),
    /** An app on a real port, closed after the test. */
    serve: async (app: Express, nuapay?: OnBehalfMiddleware): Promise<Served> => {
      const server = app.listen(0, "127.0.0.1")
      await once(server, "listening")
      closings.push(async () => {
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
        await nuapay?.close()
      })
      return served(server)
    }
  }
}

export type World = ReturnType<typeof makeWorld>

export interface Served {
  readonly url: string
  readonly server: Server
  /** As that merchant; as nobody without one. */
  readonly get: (path: string, merchant?: string, init?: RequestInit) => Promise<Answer>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // oxlint-disable-next-line typescript/no-explicit-any -- what a test looks at it names
  readonly json: any
}

const served = (server: Server): Served => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    server,
    get: async (path, merchant, init = {}) => {
      const headers = new Headers(init.headers)
      if (merchant !== undefined) headers.set("x-merchant", merchant)
      const response = await fetch(url + path, { ...init, headers })
      return answerOf(response)
    }
  }
}

const answerOf = async (response: Response): Promise<Answer> => {
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    text,
    json:
      text !== "" && /json/.test(response.headers.get("content-type") ?? "")
        ? JSON.parse(text)
        : undefined
  }
}

/** The plainest app: the middleware, one handler that lists mandates, problem details. */
export const mandatesApp = (
  create: CreateExpress,
  options: OnBehalfOptions
): { readonly app: Express; readonly nuapay: OnBehalfMiddleware } => {
  const nuapay = onBehalf(options)
  const app = create()
  // Express writes what it handles itself to the terminal in any other.
  app.set("env", "test")
  app.use(nuapay)
  app.get("/mandates", (request, response, next) => {
    request.onBehalf
      .fetch("/mandates")
      .then((answer) => answer.json())
      .then((body) => response.json(body))
      .catch(next)
  })
  app.get("/token", (request, response, next) => {
    request.onBehalf
      .token()
      .then(({ id, organisation, scopes }) => response.json({ id, organisation, scopes }))
      .catch(next)
  })
  app.use(errorHandler)
  return { app, nuapay }
}
