import type { OnBehalfMiddleware } from "@onbehalf/express"
import { type Request, Router } from "express"

/** A merchant whose staff may sign in here. */
export interface DemoMerchant {
  readonly id: string
  readonly name: string
}

/** Stands for a real sign-in, which would ask who one is: here one of two merchants is chosen. */
export const signIn = (nuapay: OnBehalfMiddleware): Router => {
  const router = Router()

  router.get("/", async (request, response) => {
    if (request.session.merchant !== undefined) return response.redirect(303, "/payments")
    response.render("sign-in", {
      merchants: await demoMerchants(nuapay),
      signedOut: request.query["signed-out"]
    })
  })

  router.post("/sign-in", async (request, response) => {
    // Without a form there is no body.
    const form = request.body as { readonly merchant?: unknown } | undefined
    const merchant = (await demoMerchants(nuapay)).find(({ id }) => id === form?.merchant)
    if (merchant === undefined) {
      return response.status(403).render("error", { title: "You cannot sign in here", detail: "" })
    }
    // A new session: whoever knew the one before is not signed in with it.
    await renew(request)
    request.session.merchant = merchant
    response.redirect(303, "/payments")
  })

  router.post("/sign-out", async (request, response) => {
    const { merchant } = request.session
    await renew(request)
    if (merchant === undefined) return response.redirect(303, "/")
    // Signed out in any case; what Nuapay has not confirmed ends by itself.
    const outcome = await nuapay.revoke(merchant.id).then(
      (revocation) => revocation.outcome,
      () => "unconfirmed"
    )
    response.redirect(303, `/?signed-out=${outcome}`)
  })

  return router
}

/** The partner's first two, asked for each time: in a real app they are users in a database. */
const demoMerchants = async (nuapay: OnBehalfMiddleware): Promise<ReadonlyArray<DemoMerchant>> => {
  const broker = await nuapay.broker
  const { organisations } = await broker.organisations(
    { status: "ACTIVE", organisationType: "MERCHANT" },
    { pageSize: 2 }
  )
  return organisations.map(({ id, name }) => ({ id, name: name ?? id }))
}

const renew = (request: Request): Promise<void> =>
  new Promise((resolve, reject) => {
    request.session.regenerate((error?: Error) => (error ? reject(error) : resolve()))
  })
