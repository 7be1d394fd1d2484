import { assert, describe, it } from "@effect/vitest"
import { createTokenBroker, type PromiseTokenBroker } from "@onbehalf/core"
import { memoryStore } from "@onbehalf/store-memory"
import {
  type Answers,
  apiKey,
  minting,
  upstream
} from "../../packages/core/test/support/upstream.ts"
import { rejection } from "../support/rejection.ts"

const merchants = ["m1", "m2", "m3"].map((organisationId) => ({
  organisationId,
  scopes: ["admin"]
}))

const pages: Answers = (asked) => {
  const pageNumber = Number(new URL(asked.url).searchParams.get("pagenumber"))
  return Response.json({
    data: [{ id: `m${pageNumber}`, name: "Åsa" }],
    page: { pageNumber, pageSize: 1, totalElements: 9, totalPages: 9 }
  })
}

/** Answers once, and never again. */
const once =
  (answers: Answers): Answers =>
  (asked, count) =>
    count === 1 ? answers(asked, count) : new Promise(() => undefined)

const open = async (answers: Answers) => {
  const { asked, fetch } = upstream(answers)
  const broker = await createTokenBroker({
    apiKey,
    environment: "sandbox",
    store: memoryStore(),
    fetch
  })
  return { asked, broker }
}

/** Nuapay makes tokens, and revokes none before the gate is open. */
const openWithGate = async () => {
  const gate = Promise.withResolvers<void>()
  const { broker } = await open(async (asked, count) => {
    const [, id] = /\/tokens\/([^/]+)\/revoke$/.exec(asked.path) ?? []
    if (id === undefined) return minting(asked, count)
    await gate.promise
    return Response.json({ data: { id, status: "REVOKED" } })
  })
  return { broker, gate }
}

const loops: ReadonlyArray<
  readonly [
    name: string,
    read: (broker: PromiseTokenBroker) => AsyncIterable<unknown>,
    answers: Answers
  ]
> = [
  ["allOrganisations", (broker) => broker.allOrganisations(), pages],
  ["warm", (broker) => broker.warm(merchants, { perSecond: 1_000 }), minting],
  ["events", (broker) => broker.events(), minting]
]

const drain = async (items: AsyncIterable<unknown>): Promise<void> => {
  for await (const item of items) assert.isDefined(item)
}

describe("invariant 8: a closed broker keeps no loop waiting", () => {
  it.each(loops)("%s after close: BrokerClosed, and nothing is sent", async (_, read, answers) => {
    const { asked, broker } = await open(answers)
    const begunBefore = read(broker)
    await broker.close()
    assert.strictEqual((await rejection(drain(begunBefore))).code, "broker_closed")
    assert.strictEqual((await rejection(drain(read(broker)))).code, "broker_closed")
    assert.strictEqual(asked.length, 0)
  })

  it.each(loops.slice(0, 2))("close while %s is read: BrokerClosed", async (_, read, answers) => {
    const { broker } = await open(once(answers))
    const items = read(broker)[Symbol.asyncIterator]()
    assert.isFalse((await items.next()).done)
    const waiting = rejection(items.next())
    await broker.close()
    assert.strictEqual((await waiting).code, "broker_closed")
    assert.isTrue((await items.next()).done)
  })

  it("close between two items of a loop: BrokerClosed for the next", async () => {
    const { asked, broker } = await open(pages)
    const items = broker.allOrganisations()[Symbol.asyncIterator]()
    assert.isFalse((await items.next()).done)
    await broker.close()
    const { length } = asked
    assert.strictEqual((await rejection(items.next())).code, "broker_closed")
    assert.strictEqual(asked.length, length)
  })

  it("close while events are read: the loop is over", async () => {
    const { broker } = await open(minting)
    const items = broker.events()[Symbol.asyncIterator]()
    const first = items.next()
    await new Promise((resolve) => setImmediate(resolve))
    const handle = await broker.forOrganisation("m1", { scopes: ["admin"] })
    await handle.token()
    await broker.close()
    assert.strictEqual((await first).value?._tag, "Acquired")
    assert.isTrue((await items.next()).done)
  })

  it("close with tokens to revoke: loops are read until those are revoked", async () => {
    const { broker, gate } = await openWithGate()
    const handle = await broker.forOrganisation("m1", { scopes: ["admin"] })
    await handle.token()
    const events = drain(broker.events())
    const closing = broker.close({ revoke: true })
    // Nobody has a new token made meanwhile, nor gets the old one (invariant 3).
    assert.strictEqual((await rejection(handle.renew())).code, "broker_closed")
    assert.strictEqual((await rejection(handle.token())).code, "broker_closed")
    assert.isUndefined(handle.peek())
    gate.resolve()
    assert.strictEqual((await closing)?.revoked, 1)
    await events
  })

  it.each([undefined, { revoke: true }])(
    "close with tokens to revoke, and again meanwhile (%j): what is being revoked is not broken off",
    async (again) => {
      const { broker, gate } = await openWithGate()
      await (await broker.forOrganisation("m1", { scopes: ["admin"] })).token()
      const first = broker.close({ revoke: true })
      const second = broker.close(again)
      setImmediate(gate.resolve)
      assert.strictEqual((await first)?.revoked, 1)
      assert.deepStrictEqual(await second, await first)
      assert.deepStrictEqual(await broker.close(), await first)
    }
  )

  it("close with tokens to revoke: one that is still on its way is revoked as well", async () => {
    const gate = Promise.withResolvers<void>()
    const minted: Array<string> = []
    const revoked: Array<string> = []
    const { broker } = await open(async (asked, count) => {
      const [, id] = /\/tokens\/([^/]+)\/revoke$/.exec(asked.path) ?? []
      if (id !== undefined) {
        revoked.push(id)
        gate.resolve()
        return Response.json({ data: { id, status: "REVOKED" } })
      }
      minted.push(`token-${count}`)
      if (minted.length > 1) await gate.promise
      return minting(asked, count)
    })
    await (await broker.forOrganisation("m1", { scopes: ["admin"] })).token()
    const late = (await broker.forOrganisation("m2", { scopes: ["admin"] })).token()
    const closing = broker.close({ revoke: true })
    await late.catch(() => undefined)
    assert.strictEqual((await closing)?.revoked, 2)
    assert.sameMembers(revoked, minted)
  })
})
