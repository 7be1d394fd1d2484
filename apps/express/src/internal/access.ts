import type { GrantHandle, Token } from "@onbehalf/core"
import { invalidRequest } from "@onbehalf/core/TokenError"
import { answerable } from "../answerable.ts"
import type { MerchantAccess, OnBehalf, UsingOptions } from "../MerchantAccess.ts"
import { OnBehalfError } from "../OnBehalfError.ts"
import { applicationGrant, grantUsing, type UsualGrant } from "./grants.ts"
import type { ApplicationGrant, Grant, Handles } from "./handles.ts"
import type { Metrics } from "./metrics.ts"
import type { Patience } from "./patience.ts"
import { readable } from "./readable.ts"
import { type Span, traced } from "./tracing.ts"

/** What all requests share. */
export interface Shared {
  readonly handles: Handles
  readonly metrics: Metrics
}

/** What one request has of its own, with the grant that it asks for. */
interface Parts<G> {
  readonly shared: Shared
  readonly patience: Patience
  readonly organisationId: string
  readonly grant: G
}

/** A class, and its parts private: there is one for each request, and no logger sees into it. */
class Access<G extends Grant & { minimumValidity?: number | undefined }> implements MerchantAccess {
  readonly #shared: Shared
  readonly #patience: Patience
  readonly #organisationId: string
  readonly #grant: G

  constructor(shared: Shared, patience: Patience, organisationId: string, grant: G) {
    this.#organisationId = organisationId
    this.#shared = shared
    this.#patience = patience
    this.#grant = grant
  }

  /** For what derives from it. */
  protected static partsOf<G extends Grant>(access: Access<G>): Parts<G> {
    return {
      shared: access.#shared,
      patience: access.#patience,
      organisationId: access.#organisationId,
      grant: access.#grant
    }
  }

  /** What decides is private: whoever assigns to this by mistake acts for nobody else. */
  get organisationId(): string {
    return this.#organisationId
  }

  token(): Promise<Token> {
    const held = this.#held()
    return held === undefined ? this.#obtain() : Promise.resolve(held)
  }

  async authorization(): Promise<string> {
    const token = this.#held() ?? (await this.#obtain())
    return token.authorization()
  }

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return this.#wait("fetch", async (handle, patience, span) => {
      checkTexts({ path, method: init.method ?? "GET" })
      const { minimumValidity } = this.#grant
      const signal = init.signal ? AbortSignal.any([init.signal, patience]) : patience
      if (minimumValidity !== undefined) await handle.token({ minimumValidity, signal })
      const response = await handle.fetch(path, { ...init, signal })
      span.setAttribute("http.request.method", (init.method ?? "GET").toUpperCase())
      span.setAttribute("http.response.status_code", response.status)
      if (response.status === 401) return refused(response)
      const { metrics } = this.#shared
      return readable(response, signal, (error) => metrics.failed(error))
    })
  }

  /** What is there needs no patience. */
  #held(): Token | undefined {
    const grant = this.#grant
    return this.#shared.handles.find(this.#organisationId, grant)?.peek(grant.minimumValidity)
  }

  #obtain(): Promise<Token> {
    const { minimumValidity } = this.#grant
    return this.#wait("token", (handle, signal) => handle.token({ minimumValidity, signal }))
  }

  async #wait<A>(
    what: "token" | "fetch",
    work: (handle: GrantHandle, signal: AbortSignal, span: Span) => Promise<A>
  ): Promise<A> {
    const { handles, metrics } = this.#shared
    const start = performance.now()
    try {
      return await this.#patience.wait((signal) =>
        traced(`onbehalf.${what}`, async (span) =>
          work(await handles.open(this.#organisationId, this.#grant), signal, span)
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
export class RequestAccess extends Access<UsualGrant> implements OnBehalf {
  /** Whether it was put there by the same middleware. */
  static isOf(value: unknown, shared: Shared): value is RequestAccess {
    return value instanceof RequestAccess && Access.partsOf(value).shared === shared
  }

  static patienceOf(access: RequestAccess): Patience {
    return Access.partsOf(access).patience
  }

  using(options: UsingOptions): OnBehalf {
    const { grant, organisationId, patience, shared } = Access.partsOf(this)
    return new RequestAccess(shared, patience, organisationId, grantUsing(grant, options))
  }

  application(options: ApplicationGrant): MerchantAccess {
    const { organisationId, patience, shared } = Access.partsOf(this)
    return new Access(shared, patience, organisationId, applicationGrant(options))
  }
}
