import { type MerchantAccess, type OnBehalf, OnBehalfError } from "@onbehalf/express"
import { Router } from "express"
import { randomUUID } from "node:crypto"

interface Mandate {
  readonly id: string
  readonly status: string
  readonly debtorName: string
  readonly signatureDate: string
}

interface Payment {
  readonly id: string
  readonly status: string
  readonly amount: number
  readonly currency: string
  readonly merchantReference?: string
  readonly creationDateTime: string
}

/** The pages of the merchant who has signed in; `request.onBehalf` acts for it, and for no other. */
export const payments: Router = Router()

payments.get("/", async (request, response) => {
  const [mandates, made] = await Promise.all([
    newest<Mandate>(request.onBehalf, "/mandates"),
    newest<Payment>(forPayments(request.onBehalf), "/tpp/payments")
  ])
  response.render("overview", { mandates, payments: made.toReversed(), new: request.query["new"] })
})

payments.get("/new", (_request, response) => {
  response.render("new-payment", { key: randomUUID(), amount: "", reference: "", problem: "" })
})

payments.post("/", async (request, response) => {
  const form = formOf(request.body)
  const amount = amountOf(form.amount)
  if (amount === undefined) {
    const problem = "An amount is a number such as 12.50, of a million at most."
    return response.status(422).render("new-payment", { ...form, problem })
  }
  const answer = await forPayments(request.onBehalf).fetch("/tpp/payments", {
    method: "POST",
    // The same form sent twice makes one payment.
    headers: { "content-type": "application/json", "idempotency-key": form.key },
    body: JSON.stringify({ amount, merchantReference: form.reference })
  })
  if (answer.status >= 500) throw failed("POST /tpp/payments", answer)
  if (!answer.ok) {
    const problem = "Nuapay did not take this payment."
    return response.status(422).render("new-payment", { ...form, problem })
  }
  const { data } = (await answer.json()) as { readonly data: Payment }
  response.redirect(303, `/payments?new=${encodeURIComponent(data.id)}`)
})

/** Payments have a scope of their own; mandates are read without it. */
const forPayments = (access: OnBehalf): OnBehalf => access.using({ scopes: ["openbanking_pisp"] })

/** A hundred at least, where there are so many: the oldest are on Nuapay's first page. */
const newest = async <A>(access: MerchantAccess, path: string): Promise<ReadonlyArray<A>> => {
  const first = await page<A>(access, path, 1)
  const last = first.page.totalPages
  if (last <= 1) return first.data
  const pages = await Promise.all([last - 1, last].map((number) => page<A>(access, path, number)))
  return pages.flatMap(({ data }) => data)
}

interface Page<A> {
  readonly data: ReadonlyArray<A>
  readonly page: { readonly totalPages: number }
}

const page = async <A>(access: MerchantAccess, path: string, number: number): Promise<Page<A>> => {
  const answer = await access.fetch(`${path}?pagesize=100&pagenumber=${number}`)
  if (!answer.ok) throw failed(`GET ${path}`, answer)
  return (await answer.json()) as Page<A>
}

const failed = (what: string, { status }: Response): OnBehalfError =>
  new OnBehalfError("upstream_failed", { problem: `${what} answered ${status}` })

const formOf = (body: unknown) => {
  const fields = body as Readonly<Record<string, unknown>> | undefined
  const text = (name: string, longest: number): string => {
    const value = fields?.[name]
    return typeof value === "string" ? value.trim().slice(0, longest) : ""
  }
  return {
    amount: text("amount", 20),
    reference: text("reference", 140),
    key: /^[\w-]{1,50}$/.test(text("key", 51)) ? text("key", 51) : randomUUID()
  }
}

const amountOf = (text: string): number | undefined => {
  if (!/^\d{1,7}(?:\.\d{1,2})?$/.test(text)) return undefined
  const amount = Number(text)
  return amount >= 0.01 && amount <= 1_000_000 ? amount : undefined
}
