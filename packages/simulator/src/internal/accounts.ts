import type { Bank, Mandate, Payment, Refund } from "../MerchantApi.ts"
import type { Seed } from "./seed.ts"

type BankData = typeof Bank.Type
type MandateData = typeof Mandate.Type
type PaymentData = typeof Payment.Type
type RefundData = typeof Refund.Type

/** What a request with an idempotency key was answered with, and when: epoch milliseconds. */
export interface Repeat<A> {
  readonly answer: A
  readonly at: number
}

/** What one merchant owns. */
export interface Account {
  readonly mandates: ReadonlyArray<MandateData>
  readonly payments: Map<string, PaymentData>
  readonly refunds: Map<string, Array<RefundData>>
  readonly repeatedPayments: Map<string, Repeat<PaymentData>>
  readonly repeatedRefunds: Map<string, Repeat<RefundData>>
}

const banks = [
  ["Banc na hÉireann", "IE"],
  ["Nordbank", "DE"],
  ["Caixa Galega", "ES"],
  ["Bank Łódzki", "PL"],
  ["Crédit d’Azur", "FR"]
] as const
const debtors = ["Siobhán Ó Néill", "Björn Åkesson", "Anna Nowak", "José Peña", "Μαρία Γεωργίου"]
const firstSignature = Date.UTC(2023, 2, 1)
const day = 86_400_000

const isoDay = (millis: number) => new Date(millis).toISOString().slice(0, 10)

/** The banks that everybody sees. */
export const seededBanks = (seed: Seed): ReadonlyArray<BankData> =>
  banks.map(([name, country], index) => {
    const id = seed.id(`bank ${index}`)
    return { id, uri: `/banks/${id}`, name, country }
  })

/** A merchant's first mandates and payments: at least one of each. */
export const openAccount = (seed: Seed, merchant: string): Account => {
  const many = (label: string, atMost: number) =>
    Array.from({ length: 1 + seed.integer(`${label} of ${merchant}`, atMost) }, (_, index) => index)
  const mandates = many("mandates", 6).map((index): MandateData => {
    const id = seed.id(`mandate ${index} of ${merchant}`)
    return {
      id,
      uri: `/mandates/${id}`,
      organisationId: merchant,
      status: index % 4 === 3 ? "CANCELLED" : "ACTIVE",
      debtorName: debtors[index % debtors.length] ?? "",
      signatureDate: isoDay(firstSignature + index * day)
    }
  })
  const payments = many("payments", 5).map((index): PaymentData => {
    const id = seed.id(`payment ${index} of ${merchant}`)
    return {
      id,
      uri: `/payments/${id}`,
      organisationId: merchant,
      status: "PAYMENT_RECEIVED",
      amount: (100 + seed.integer(`amount ${id}`, 90_000)) / 100,
      currency: "EUR",
      merchantReference: `INV-${1000 + index}`,
      creationDateTime: new Date(firstSignature + index * day).toISOString()
    }
  })
  return {
    mandates,
    payments: new Map(payments.map((payment) => [payment.id, payment])),
    refunds: new Map(),
    repeatedPayments: new Map(),
    repeatedRefunds: new Map()
  }
}
