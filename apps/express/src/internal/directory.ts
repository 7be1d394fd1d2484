import type { PromiseTokenBroker } from "@onbehalf/core"
import { LRUCache } from "lru-cache"

/** Merchants remembered. */
const maximum = 10_000

/** Milliseconds for which an answer is trusted: that it is one's own, and any other. */
const trust = { own: 300_000, other: 10_000 }

/** The partner's own merchants, as Nuapay lists them. What it said last stands while Nuapay is in trouble. */
export class Directory {
  readonly #known: LRUCache<string, boolean>

  constructor(broker: Promise<PromiseTokenBroker>) {
    this.#known = new LRUCache({
      max: maximum,
      ttl: trust.own,
      noDeleteOnStaleGet: true,
      // Forgotten while it was asked for: whoever waits gets the answer all the same.
      ignoreFetchAbort: true,
      fetchMethod: async (id, before, { options }) => {
        const isOwn = await isListed(await broker, id).catch((error: unknown) => {
          if (before === undefined) throw error
          return undefined
        })
        if (isOwn !== true) options.ttl = trust.other
        return isOwn ?? before
      }
    })
  }

  /** Whether this is a merchant of the partner, and active. */
  has(id: string): boolean | Promise<boolean> {
    return this.#known.get(id) ?? this.#known.forceFetch(id)
  }

  forget(id: string): void {
    this.#known.delete(id)
  }
}

const isListed = async (broker: PromiseTokenBroker, id: string): Promise<boolean> => {
  const { organisations } = await broker.organisations({
    organisationIds: [id],
    status: "ACTIVE",
    recursive: true
  })
  // A server that does not know the filter would list others as well.
  return organisations.some((one) => one.id === id && one.status === "ACTIVE")
}
