import type { Request, RequestHandler } from "express"
import { find, type HeldTokens } from "../peers/limits.ts"
import { nearby } from "../upstream.ts"
import { life, tokenFor } from "../work.ts"
import { appOn, merchantHeader, type Middleware, naming } from "./middleware.ts"

/** What each is compared with. */
export const bareExpress: Middleware = {
  name: "bare Express",
  packageName: "express",
  open: async () => appOn([], (_request, answer) => answer(), naming)
}

/** The same once more: what it seems to add is the noise of the measurement. */
export const bareExpressAgain: Middleware = {
  ...bareExpress,
  name: "bare Express again (A/A)",
  packageName: undefined
}

type WithToken = Request & { token?: string | undefined }

const held = (merchants: ReadonlyArray<string>): HeldTokens =>
  new Map(merchants.map((key) => [key, { token: tokenFor(key), until: Date.now() + life }]))

const mapMiddleware = (
  name: string,
  middleware: (map: HeldTokens) => RequestHandler
): Middleware => ({
  name,
  packageName: undefined,
  open: async (merchants) =>
    appOn(
      [middleware(held(merchants))],
      (request: WithToken, answer) => answer(request.token),
      naming
    )
})

const merchantOf = (request: Request): string => String(request.headers[merchantHeader])

/** The limit: nothing that checks an expiry does less. */
export const mapByHand = mapMiddleware("Map by hand", (map) => (request: WithToken, _, next) => {
  request.token = find(map, merchantOf(request))
  next()
})

/** As it is written by whoever fetches a token where there is none: all that asks for one awaits it. */
export const awaitedMapByHand = mapMiddleware("Map by hand, awaited", (map) => {
  const fetchToken = async (merchant: string): Promise<string> => {
    const token = await nearby.text(merchant)
    map.set(merchant, { token, until: Date.now() + life })
    return token
  }
  const tokenOf = async (merchant: string): Promise<string> =>
    find(map, merchant) ?? fetchToken(merchant)

  return async (request: WithToken, _, next) => {
    request.token = await tokenOf(merchantOf(request))
    next()
  }
})
