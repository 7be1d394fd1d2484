import type { GrantHandle, Token } from "@onbehalf/core"
import { invalidRequest } from "@onbehalf/core/TokenError"
import { answerable } from "../answerable.ts"
import type { MerchantAccess, OnBehalf, UsingOptions } from "../MerchantAccess.ts"
import { OnBehalfError } from "../OnBehalfError.ts"
import type { ApplicationGrant, Grant, Handles, MerchantGrant } from "./handles.ts"
import type { Metrics } from "./metrics.ts"
import type { Patience } from "./patience.ts"
import { readable } from "./readable.ts"
import { type Span, traced } from "./tracing.ts"

/** What all requests share. */
export interface Shared {
  readonly handles: Handles
  readonly metrics: Metrics
}

/** What one request has of its own. */
interface Own {
  readonly shared: Shared
  readonly patience: Patience
  readonly organisationId: string
}

/** A merchant's grant, and how long its tokens must still live when they are handed out. */
export interface UsualGrant extends MerchantGrant {
  readonly minimumValidity?: number | undefined
}

/** A class, and its parts private: there is one for each request, and no logger sees into it. */
class Access implements MerchantAccess {
  readonly organisationId: string
  readonly #own: Own
  readonly #grant: Grant
  readonly #minimumValidity: number | undefined

  constructor(own: Own, grant: Grant, minimumValidity: number | undefined) {
    this.organisationId = own.organisationId
    this.#own = own
    this.#grant = grant
    this.#minimumValidity = minimumValidity
  }

  token(): Promise<Token> {
    const minimumValidity = this.#minimumValidity
    const handle = this.#own.shared.handles.find(this.organisationId, this.#grant)
    const held = handle?.peek(minimumValidity)
    return held === undefined
      ? this.#wait("token", (opened, signal) => opened.token({ minimumValidity, signal }))
      : Promise.resolve(held)
  }

  async authorization(): Promise<string> {
    return (await this.token()).authorization()
  }

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return this.#wait("fetch", async (handle, patience, span) => {
      checkTexts({ path, method: init.method ?? "GET" })
      const minimumValidity = this.#minimumValidity
      if (minimumValidity !== undefined) await handle.token({ minimumValidity, signal: patience })
      const signal = init.signal ? AbortSignal.any([init.signal, patience]) : patience
      const response = await handle.fetch(path, { ...init, signal })
      span.setAttribute("http.request.method", (init.method ?? "GET").toUpperCase())
      span.setAttribute("http.response.status_code", response.status)
      if (response.status === 401) return refused(response)
      return readable(response, signal)
    })
  }

  async #wait<A>(
    what: "token" | "fetch",
    work: (handle: GrantHandle, signal: AbortSignal, span: Span) => Promise<A>
  ): Promise<A> {
    const { patience, shared } = this.#own
    const { handles, metrics } = shared
    const start = performance.now()
    try {
      return await patience.wait((signal) =>
        traced(`onbehalf.${what}`, async (span) =>
          work(await handles.open(this.organisationId, this.#grant), signal, span)
        )
      )
    } catch (error) {
      throw metrics.failed(answerable(error))
    } finally {
      metrics.waited((performance.now() - start) / 1000)
    }
  }
}

/** The client's own sign-in is not what was refused: it must not be taken for that. */
const refused = async (response: Response): Promise<never> => {
  await response.body?.cancel()
  throw new OnBehalfError("upstream_refused", { problem: "the merchant's token" })
}

/** An object could say one thing when it is checked and another when it is sent. */
const checkTexts = (fields: Readonly<Record<string, unknown>>): void => {
  for (const [field, value] of Object.entries(fields)) {
    if (typeof value !== "string") throw invalidRequest([{ field, description: "must be text" }])
  }
}

/** `req.onBehalf`. */
export class RequestAccess extends Access implements OnBehalf {
  readonly #own: Own
  readonly #grant: UsualGrant

  constructor(own: Own, grant: UsualGrant) {
    super(own, grant, grant.minimumValidity)
    this.#own = own
    this.#grant = grant
  }

  /** Whether it was put there by the same middleware. */
  static isOf(value: unknown, shared: Shared): boolean {
    return value instanceof RequestAccess && value.#own.shared === shared
  }

  using(options: UsingOptions): OnBehalf {
    const {
      scopes = this.#grant.scopes,
      expiresIn = this.#grant.expiresIn,
      minimumValidity = this.#grant.minimumValidity
    } = options
    if (minimumValidity !== undefined && !(minimumValidity >= 0)) {
      throw answerable(
        invalidRequest([{ field: "minimumValidity", description: "must be 0 or more" }])
      )
    }
    return new RequestAccess(this.#own, { scopes, expiresIn, minimumValidity })
  }

  application({ products, resourceId }: ApplicationGrant): MerchantAccess {
    return new Access(this.#own, { products, resourceId }, undefined)
  }
}
