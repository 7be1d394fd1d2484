import type { GrantHandle, PromiseTokenBroker } from "@onbehalf/core"
import { LRUCache } from "lru-cache"

/** What a token for the merchant itself is asked for. */
export interface MerchantGrant {
  readonly scopes: ReadonlyArray<string>
  readonly expiresIn?: number | undefined
}

/** What a token for one of its resources is asked for. */
export interface ApplicationGrant {
  readonly products: ReadonlyArray<string>
  readonly resourceId: string
}

export type Grant = MerchantGrant | ApplicationGrant

/** Handles kept; making one anew costs microseconds. */
const maximum = 10_000

/** The broker's handles, one for each merchant and grant, so that a token that is held costs a few look-ups. */
export class Handles {
  /** By merchant, with the grant that most requests use. */
  readonly #usual = new LRUCache<string, GrantHandle>({ max: maximum })
  readonly #others = new LRUCache<string, GrantHandle>({ max: maximum })
  readonly #broker: Promise<PromiseTokenBroker>
  readonly #usualGrant: Grant

  constructor(broker: Promise<PromiseTokenBroker>, usualGrant: Grant) {
    this.#broker = broker
    this.#usualGrant = usualGrant
  }

  /** Whether it is the id of a merchant who was here before: then the broker has found it to be one. */
  know(given: unknown): given is string {
    return typeof given === "string" && this.#usual.has(given)
  }

  find(organisationId: string, grant: Grant): GrantHandle | undefined {
    return grant === this.#usualGrant
      ? this.#usual.get(organisationId)
      : this.#others.get(keyOf(organisationId, grant))
  }

  /** When the broker is closed: nothing that is held is handed out any more. */
  clear(): void {
    this.#usual.clear()
    this.#others.clear()
  }

  async open(organisationId: string, grant: Grant): Promise<GrantHandle> {
    const found = this.find(organisationId, grant)
    if (found !== undefined) return found
    const broker = await this.#broker
    const handle = await ("products" in grant
      ? broker.forApplication({ organisationId, ...grant })
      : broker.forOrganisation(organisationId, grant))
    if (grant === this.#usualGrant) this.#usual.set(organisationId, handle)
    else this.#others.set(keyOf(organisationId, grant), handle)
    return handle
  }
}

/** JSON, because no two different grants have the same. */
const keyOf = (organisationId: string, grant: Grant): string =>
  "products" in grant
    ? JSON.stringify([organisationId, "application", grant.products, grant.resourceId])
    : JSON.stringify([organisationId, "merchant", grant.scopes, grant.expiresIn ?? null])
