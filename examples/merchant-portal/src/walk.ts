import type { GrantHandle, PromiseTokenBroker, Token } from "@onbehalf/core"

/** Prints one step: what was done, how long it took, what came of it. */
export type Report = (step: string, milliseconds: number, outcome: string) => void

/** From a list of organisations to a token, its use, its end, and the next one. Every figure is measured. */
export const walk = async (broker: PromiseTokenBroker, report: Report): Promise<string> => {
  const page = await timed(report, "List organisations", () =>
    broker.organisations({ status: "ACTIVE", organisationType: "MERCHANT" })
  )((found) => `${found.totalElements ?? found.organisations.length} active merchants`)
  const organisation = page.organisations[0]
  if (organisation === undefined) throw new Error("This partner has no active merchant")

  const merchant = await broker.forOrganisation(organisation.id, { scopes: ["admin"] })
  const first = await timed(report, `A token for ${organisation.name}`, () => merchant.token())(
    describe
  )
  const life = await lifeOf(broker, first)
  report("", 0, `scopes ${first.scopes.join(", ")}; handed out for ${life} s, renewed before`)

  await timed(report, "GET /mandates with it", () => mandates(merchant))(
    (count) => `${count} mandates`
  )
  await timed(report, "The same again, warm", () => mandates(merchant))(
    (count) => `${count} mandates`
  )
  await timed(report, "The token alone, warm", () => merchant.token())((token) =>
    token === first ? "the same token, no request" : fail("another token was handed out")
  )
  await timed(report, "Revoke it", () => broker.revoke(first))(({ outcome }) =>
    outcome === "revoked" ? outcome : fail(`the token was not revoked: ${outcome}`)
  )
  await timed(report, "GET /mandates once more", () => mandates(merchant))((count) => {
    const next = merchant.peek()
    return next === undefined || next.id === first.id
      ? fail("the revoked token was handed out")
      : `${count} mandates, with ${describe(next)}`
  })
  return organisation.id
}

const timed =
  <A>(report: Report, step: string, work: () => Promise<A>) =>
  async (outcome: (result: A) => string): Promise<A> => {
    const start = performance.now()
    const result = await work()
    report(step, performance.now() - start, outcome(result))
    return result
  }

const describe = (token: Token): string => `token ${token.id}`

const lifeOf = async (broker: PromiseTokenBroker, token: Token): Promise<number> => {
  const entry = (await broker.entries()).find((one) => one.id === token.id)
  if (entry === undefined) throw new Error("The token is not held")
  return Math.round((entry.lifetime.limit - entry.lifetime.issued) / 1000)
}

const mandates = async (merchant: GrantHandle): Promise<number> => {
  const answer = await merchant.fetch("/mandates")
  if (!answer.ok) throw new Error(`GET /mandates answered ${answer.status}`)
  const body = (await answer.json()) as { readonly data: ReadonlyArray<unknown> }
  return body.data.length
}

const fail = (problem: string): never => {
  throw new Error(problem)
}
