import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { CurrentCaller, type Caller } from "../Authentication.ts"
import { MerchantApi } from "../MerchantApi.ts"
import type { Model } from "../Model.ts"
import { refuse, type Refusal } from "../Refusal.ts"
import { paginate } from "./paging.ts"
import { permit } from "./permit.ts"

const service = "gatekeeper"
const payments = { MERCHANT: "openbanking_pisp" }

/** An application token reads its own payment, and the banks; it writes nothing. */
const reader = (
  resourceId: string | undefined
): Effect.Effect<Caller, Refusal<401 | 403>, CurrentCaller> =>
  Effect.flatMap(
    CurrentCaller,
    (caller): Effect.Effect<Caller, Refusal<401 | 403>, CurrentCaller> => {
      const application = caller.token?.application
      if (application === undefined) return permit(service, payments)
      const fits = resourceId === undefined || application.resourceId === resourceId
      const opens = application.products.includes("open_banking_pis")
      return fits && opens ? Effect.succeed(caller) : Effect.fail(refuse(service, 401))
    }
  )

/** Handlers of the mandates. */
export const mandateHandlers = (model: Model) =>
  HttpApiBuilder.group(MerchantApi, "mandates", (handlers) =>
    handlers.handle("listMandates", ({ query }) =>
      Effect.flatMap(permit(service, { MERCHANT: "admin" }), ({ organisation }) =>
        paginate(service, "/mandates", model.resources.mandates(organisation.id), query)
      )
    )
  )

/** Handlers of the open banking resources. */
export const openBankingHandlers = (model: Model) => {
  const { resources } = model
  const paymentOf = (caller: Caller, id: string) => {
    const found = resources.payment(caller.organisation.id, id)
    return found === undefined ? Effect.fail(refuse(service, 404)) : Effect.succeed(found)
  }
  const readPayment = (id: string) => Effect.flatMap(reader(id), (caller) => paymentOf(caller, id))

  const createRefund = Effect.fnUntraced(function* (
    id: string,
    amount: number,
    idempotencyKey: string | undefined
  ) {
    const payment = yield* paymentOf(yield* permit(service, payments), id)
    const refund = resources.refund(payment, { amount, idempotencyKey, now: yield* model.now })
    if (refund !== undefined) return { uri: refund.uri, data: refund }
    const description = "More than what is left of the payment."
    return yield* Effect.fail(
      refuse(service, 422, [{ code: "GK0422", description, field: "amount" }])
    )
  })

  return HttpApiBuilder.group(MerchantApi, "openBanking", (handlers) =>
    handlers.handleAll({
      listBanks: ({ query }) =>
        Effect.flatMap(reader(undefined), () =>
          paginate(service, "/banks", resources.banks, query)
        ),
      createPayment: ({ headers, payload }) =>
        Effect.zipWith(permit(service, payments), model.now, ({ organisation }, now) => {
          const data = resources.pay(organisation.id, {
            ...payload,
            currency: payload.currency ?? "EUR",
            idempotencyKey: headers["idempotency-key"],
            now
          })
          return { uri: data.uri, data }
        }),
      listPayments: ({ query }) =>
        Effect.flatMap(permit(service, payments), ({ organisation }) =>
          paginate(service, "/payments", resources.payments(organisation.id), query)
        ),
      retrievePayment: ({ params }) =>
        Effect.map(readPayment(params.paymentId), (data) => ({ uri: data.uri, data })),
      paymentHistory: ({ params }) =>
        Effect.flatMap(readPayment(params.paymentId), (payment) =>
          paginate(service, `${payment.uri}/history`, resources.history(payment), {})
        ),
      createRefund: ({ headers, params, payload }) =>
        createRefund(params.paymentId, payload.amount, headers["idempotency-key"]),
      listRefunds: ({ params, query }) =>
        Effect.flatMap(readPayment(params.paymentId), (payment) =>
          paginate(service, `${payment.uri}/refunds`, resources.refunds(payment), query)
        )
    })
  )
}
