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

/** The broker's handles, one for each merchant and grant, so that a token that is held costs two look-ups. */
export class Handles {
  readonly #kept = new LRUCache<string, GrantHandle>({ max: maximum })
  readonly #broker: Promise<PromiseTokenBroker>
  readonly #usual: Grant

  /** @param usual the grant that most requests use: its handles are kept under the bare id */
  constructor(broker: Promise<PromiseTokenBroker>, usual: Grant) {
    this.#broker = broker
    this.#usual = usual
  }

  find(organisationId: string, grant: Grant): GrantHandle | undefined {
    return this.#kept.peek(this.#key(organisationId, grant))
  }

  async open(organisationId: string, grant: Grant): Promise<GrantHandle> {
    const found = this.find(organisationId, grant)
    if (found !== undefined) return found
    const broker = await this.#broker
    const handle = await ("products" in grant
      ? broker.forApplication({ organisationId, ...grant })
      : broker.forOrganisation(organisationId, grant))
    this.#kept.set(this.#key(organisationId, grant), handle)
    return handle
  }

  /** JSON, because no two different grants have the same; no id begins with a bracket. */
  #key(organisationId: string, grant: Grant): string {
    if (grant === this.#usual) return organisationId
    return "products" in grant
      ? JSON.stringify([organisationId, "application", grant.products, grant.resourceId])
      : JSON.stringify([organisationId, "merchant", grant.scopes, grant.expiresIn ?? null])
  }
}
