import { openAccount, seededBanks, type Account, type Repeat } from "./internal/accounts.ts"
import type { Seed } from "./internal/seed.ts"
import type { Bank, Mandate, Payment, PaymentStep, Refund } from "./MerchantApi.ts"

type BankData = typeof Bank.Type
type MandateData = typeof Mandate.Type
type PaymentData = typeof Payment.Type
type RefundData = typeof Refund.Type
type StepData = typeof PaymentStep.Type

/** A payment to be made. Times are epoch milliseconds. */
export interface PaymentOrder {
  readonly now: number
  readonly amount: number
  readonly currency: string
  readonly bankId?: string | undefined
  readonly merchantReference?: string | undefined
  readonly idempotencyKey?: string | undefined
}

/** A refund to be made. Times are epoch milliseconds. */
export interface RefundOrder {
  readonly now: number
  readonly amount: number
  readonly idempotencyKey?: string | undefined
}

/** What merchants own. Every call names the merchant, and sees that merchant's data alone. */
export interface MerchantResources {
  readonly banks: ReadonlyArray<BankData>
  readonly mandates: (merchant: string) => ReadonlyArray<MandateData>
  readonly payments: (merchant: string) => ReadonlyArray<PaymentData>
  readonly payment: (merchant: string, id: string) => PaymentData | undefined
  readonly pay: (merchant: string, order: PaymentOrder) => PaymentData
  readonly history: (payment: PaymentData) => ReadonlyArray<StepData>
  readonly refunds: (payment: PaymentData) => ReadonlyArray<RefundData>
  /** Nothing when the amount is more than what is left of the payment. */
  readonly refund: (payment: PaymentData, order: RefundOrder) => RefundData | undefined
  readonly clear: () => void
}

/** No merchant keeps more payments than this; the oldest are dropped. */
export const mostPayments = 1_000
/** No payment takes more refunds than this. */
export const mostRefunds = 100
/** An idempotency key is honoured for 24 hours. */
export const idempotencyMillis = 86_400_000

const dropOldest = (map: Map<string, unknown>, atMost: number) => {
  for (const key of map.keys()) {
    if (map.size <= atMost) return
    map.delete(key)
  }
}

const newPayment = (id: string, merchant: string, order: PaymentOrder): PaymentData => ({
  id,
  uri: `/payments/${id}`,
  organisationId: merchant,
  status: "PENDING",
  amount: order.amount,
  currency: order.currency,
  ...(order.bankId === undefined ? {} : { bankId: order.bankId }),
  ...(order.merchantReference === undefined ? {} : { merchantReference: order.merchantReference }),
  creationDateTime: new Date(order.now).toISOString()
})

/** What a key was answered with before, else what is made now, kept under the key unless it is nothing. */
const once = <A, Made extends A | undefined>(
  repeats: Map<string, Repeat<A>>,
  key: string | undefined,
  now: number,
  make: () => Made
): A | Made => {
  const before = key === undefined ? undefined : repeats.get(key)
  if (before !== undefined && now - before.at < idempotencyMillis) return before.answer
  const answer = make()
  if (key === undefined || answer === undefined) return answer
  repeats.set(key, { answer, at: now })
  dropOldest(repeats, mostPayments)
  return answer
}

const newRefund = (id: string, payment: PaymentData, { amount, now }: RefundOrder): RefundData => ({
  id,
  uri: `${payment.uri}/refunds/${id}`,
  paymentId: payment.id,
  organisationId: payment.organisationId,
  status: "PENDING",
  amount,
  currency: payment.currency,
  creationDateTime: new Date(now).toISOString()
})

const stepsOf = (payment: PaymentData): ReadonlyArray<StepData> =>
  [...new Set(["PENDING", payment.status])].map((status) => ({
    status,
    dateTime: payment.creationDateTime
  }))

/** Builds the seeded resources; a merchant's account is opened when it is first looked at. */
export const makeMerchantResources = (seed: Seed): MerchantResources => {
  const accounts = new Map<string, Account>()
  const banks = seededBanks(seed)
  let made = 0

  const accountOf = (merchant: string): Account => {
    const account = accounts.get(merchant) ?? openAccount(seed, merchant)
    accounts.set(merchant, account)
    return account
  }

  const nextId = () => {
    made += 1
    return seed.id(`made ${made}`)
  }

  const refunds = (payment: PaymentData) =>
    accountOf(payment.organisationId).refunds.get(payment.id) ?? []

  return {
    banks,
    mandates: (merchant) => accountOf(merchant).mandates,
    payments: (merchant) => [...accountOf(merchant).payments.values()],
    payment: (merchant, id) => accountOf(merchant).payments.get(id),
    pay: (merchant, order) => {
      const account = accountOf(merchant)
      return once(account.repeatedPayments, order.idempotencyKey, order.now, () => {
        const payment = newPayment(nextId(), merchant, order)
        account.payments.set(payment.id, payment)
        dropOldest(account.payments, mostPayments)
        return payment
      })
    },
    history: stepsOf,
    refunds,
    refund: (payment, order) => {
      const account = accountOf(payment.organisationId)
      const key =
        order.idempotencyKey === undefined ? undefined : `${payment.id} ${order.idempotencyKey}`
      return once(account.repeatedRefunds, key, order.now, () => {
        const before = refunds(payment)
        const left = before.reduce((sum, one) => sum - one.amount, payment.amount)
        // Amounts are decimal, their binary sums are not exact.
        if (order.amount > left + 0.001 || before.length >= mostRefunds) return undefined
        const refund = newRefund(nextId(), payment, order)
        account.refunds.set(payment.id, [...before, refund])
        return refund
      })
    },
    clear: () => accounts.clear()
  }
}
