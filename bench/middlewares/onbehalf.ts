import { onBehalf } from "@onbehalf/express"
import "@onbehalf/express/request"
import { memoryStore } from "@onbehalf/store-memory"
import type { Request } from "express"
import { nearby } from "../upstream.ts"
import { life } from "../work.ts"
import { appOn, merchantHeader, type Middleware, naming } from "./middleware.ts"

const onbehalf = (
  name: string,
  take: (request: Request, answer: (given?: unknown) => void) => void
): Middleware => ({
  name,
  packageName: "@onbehalf/express",
  open: async (merchants) => {
    const nuapay = onBehalf({
      apiKey: "bench",
      environment: "sandbox",
      expiresIn: life / 1000,
      store: memoryStore(),
      scopes: ["admin"],
      organisation: (request) => String(request.headers[merchantHeader]),
      fetch: (input) => {
        const url = input instanceof Request ? input.url : String(input)
        return nearby.answer(url.split("/").at(-2) ?? "")
      }
    })
    const broker = await nuapay.broker
    for (const merchant of merchants) {
      await (await broker.forOrganisation(merchant, { scopes: ["admin"] })).token()
    }
    return { ...appOn([nuapay], take, naming), close: () => nuapay.close() }
  }
})

/** For the handlers that need no token this time. */
export const onbehalfUnused = onbehalf("onbehalf, token not used", (_request, answer) => answer())

export const onbehalfUsed = onbehalf("onbehalf, token used", (request, answer) => {
  void request.onBehalf.token().then((token) => answer(token.reveal()))
})
