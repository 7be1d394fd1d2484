import type { PromiseTokenBroker } from "@onbehalf/core"
import { LRUCache } from "lru-cache"
import type { Waiting } from "./waiting.ts"

/** Merchants remembered. */
const maximum = 10_000

/** Milliseconds for which an answer is trusted: that it is one's own, and any other. */
const trust = { own: 300_000, other: 10_000 }

/** The partner's own merchants, as Nuapay lists them. What it said last stands until it says otherwise. */
export class Directory {
  readonly #known: LRUCache<string, boolean>
  readonly #waiting: Waiting
  readonly #refreshing = new Set<string>()

  constructor(broker: Promise<PromiseTokenBroker>, waiting: Waiting) {
    this.#waiting = waiting
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

  /** Whether this is a merchant of the partner, and active; `undefined` where Nuapay has to be asked first. */
  known(id: string): boolean | undefined {
    const fresh = this.#known.get(id)
    if (fresh !== undefined) return fresh
    if (this.#known.get(id, { allowStale: true }) !== true) return undefined
    this.#refresh(id)
    return true
  }

  /** Asks Nuapay, once for all who wait. */
  ask(id: string): Promise<boolean> {
    return this.#known.forceFetch(id)
  }

  forget(id: string): void {
    this.#known.delete(id)
  }

  /** In the background, with a place as any other wait: a merchant of yesterday does not wait for a Nuapay that hangs. */
  #refresh(id: string): void {
    if (this.#refreshing.has(id)) return
    this.#refreshing.add(id)
    void this.#waiting
      .run(() => this.ask(id))
      .catch(() => undefined)
      .finally(() => this.#refreshing.delete(id))
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
