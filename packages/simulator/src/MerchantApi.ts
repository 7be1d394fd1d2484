import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import { Gate } from "./Authentication.ts"
import { envelope, list, pageQuery } from "./internal/wire.ts"
import { Refusals } from "./Refusal.ts"

const optional = Schema.optionalKey
const amount = Schema.Finite.check(Schema.isBetween({ minimum: 0.01, maximum: 1_000_000 }))
const short = Schema.String.check(Schema.isMaxLength(140))
const payment = { paymentId: Schema.String }

/** A bank that a payer can choose. */
export const Bank = Schema.Struct({
  id: Schema.String,
  uri: Schema.String,
  name: Schema.String,
  country: Schema.String
})

/** A direct debit mandate of one merchant. */
export const Mandate = Schema.Struct({
  id: Schema.String,
  uri: Schema.String,
  organisationId: Schema.String,
  status: Schema.String,
  debtorName: Schema.String,
  signatureDate: Schema.String
})

/** A payment of one merchant. */
export const Payment = Schema.Struct({
  id: Schema.String,
  uri: Schema.String,
  organisationId: Schema.String,
  status: Schema.String,
  amount: Schema.Finite,
  currency: Schema.String,
  bankId: optional(Schema.String),
  merchantReference: optional(Schema.String),
  creationDateTime: Schema.String
})

/** A step in the life of a payment. */
export const PaymentStep = Schema.Struct({ status: Schema.String, dateTime: Schema.String })

/** A refund of a payment. */
export const Refund = Schema.Struct({
  id: Schema.String,
  uri: Schema.String,
  paymentId: Schema.String,
  organisationId: Schema.String,
  status: Schema.String,
  amount: Schema.Finite,
  currency: Schema.String,
  creationDateTime: Schema.String
})

/** A payment request; `currency` is EUR when absent. */
export const PaymentRequest = Schema.Struct({
  amount,
  currency: optional(Schema.String.check(Schema.isPattern(/^[A-Z]{3}$/))),
  bankId: optional(short),
  merchantReference: optional(short)
})

/** A refund request: at most what is left of the payment. */
export const RefundRequest = Schema.Struct({ amount })

const idempotency = { "idempotency-key": optional(Schema.String.check(Schema.isMaxLength(50))) }

class Mandates extends HttpApiGroup.make("mandates")
  .add(
    HttpApiEndpoint.get("listMandates", "/mandates", {
      query: pageQuery,
      success: list(Mandate),
      error: Refusals
    })
  )
  .middleware(Gate) {}

class OpenBanking extends HttpApiGroup.make("openBanking")
  .add(
    HttpApiEndpoint.get("listBanks", "/tpp/banks", {
      query: pageQuery,
      success: list(Bank),
      error: Refusals
    }),
    HttpApiEndpoint.post("createPayment", "/tpp/payments", {
      headers: idempotency,
      payload: PaymentRequest,
      success: envelope(Payment).pipe(HttpApiSchema.status(201)),
      error: Refusals
    }),
    HttpApiEndpoint.get("listPayments", "/tpp/payments", {
      query: pageQuery,
      success: list(Payment),
      error: Refusals
    }),
    HttpApiEndpoint.get("retrievePayment", "/tpp/payments/:paymentId", {
      params: payment,
      success: envelope(Payment),
      error: Refusals
    }),
    HttpApiEndpoint.get("paymentHistory", "/tpp/payments/:paymentId/history", {
      params: payment,
      success: list(PaymentStep),
      error: Refusals
    }),
    HttpApiEndpoint.post("createRefund", "/tpp/payments/:paymentId/refunds", {
      params: payment,
      headers: idempotency,
      payload: RefundRequest,
      success: envelope(Refund).pipe(HttpApiSchema.status(201)),
      error: Refusals
    }),
    HttpApiEndpoint.get("listRefunds", "/tpp/payments/:paymentId/refunds", {
      params: payment,
      query: pageQuery,
      success: list(Refund),
      error: Refusals
    })
  )
  .middleware(Gate) {}

/**
 * Resources that a merchant's token is used on, so that a token can be seen to work: the paths,
 * scopes and the envelope are Nuapay's, the fields are a small made-up subset.
 */
export class MerchantApi extends HttpApi.make("merchant").add(Mandates).add(OpenBanking) {}
