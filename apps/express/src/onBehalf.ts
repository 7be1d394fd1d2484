/**
 * The middleware: every request gets a client that acts for its own merchant, and for no other.
 *
 * @since 0.1.0
 */
import {
  type BrokerEvent,
  type CloseOptions,
  createTokenBroker,
  type PromiseTokenBroker,
  type Revocation,
  type ShutdownReport
} from "@onbehalf/core"
import type { NextFunction, Request, RequestHandler, Response } from "express"
import { answerable } from "./answerable.ts"
import { RequestAccess, type Shared } from "./internal/access.ts"
import { admission } from "./internal/admission.ts"
import { attach, attached, detach } from "./internal/attach.ts"
import { chain, isPromiseLike, type MaybePromise } from "./internal/chain.ts"
import { checkOptions } from "./internal/checkOptions.ts"
import { Directory } from "./internal/directory.ts"
import { forward } from "./internal/forward.ts"
import { Handles } from "./internal/handles.ts"
import { healthHandler } from "./internal/healthHandler.ts"
import { Metrics } from "./internal/metrics.ts"
import { Patience } from "./internal/patience.ts"
import { proxyRules } from "./internal/proxyRules.ts"
import { thrown } from "./internal/thrown.ts"
import { within } from "./internal/untilAborted.ts"
import { Waiting } from "./internal/waiting.ts"
import { OnBehalfError } from "./OnBehalfError.ts"
import type { OnBehalfOptions } from "./OnBehalfOptions.ts"
import type { ProxyOptions } from "./ProxyOptions.ts"

/** Generic, so that a route's own types of parameters and bodies stay what they are. */
type Middleware =
  // oxlint-disable-next-line typescript/no-explicit-any -- as Express has it
  <Params, Answer, Body, Query, Locals extends Record<string, any>>(
    request: Request<Params, Answer, Body, Query, Locals>,
    response: Response<Answer, Locals>,
    next: NextFunction
  ) => void

/**
 * A middleware with what its operation needs.
 *
 * @category models
 * @since 0.1.0
 */
export interface OnBehalfMiddleware extends Middleware {
  /**
   * The broker beneath it, for lists of organisations and the like. Await it at the start: it rejects where a setting
   * is missing or wrong.
   */
  readonly broker: Promise<PromiseTokenBroker>
  /**
   * Answers `{ status, apiKey, store }`: with 200 where status is `up` or `degraded`, with 503 where it is `down`, as at
   * the start until Nuapay has accepted the API key. It takes two and a half seconds at most: probes must wait as long.
   */
  readonly health: RequestHandler
  /** Answers with metrics in Prometheus' text format. */
  readonly metrics: RequestHandler
  /** Passes requests on to Nuapay with the merchant's token in. Mount it before anything that reads bodies. */
  proxy(options: ProxyOptions): RequestHandler
  /** What the broker does from the first `next()` on, so from where a loop begins; for a logger. No secret. */
  events(): AsyncIterable<BrokerEvent>
  /**
   * Revokes every token of a merchant: at sign-out, or when it leaves. Where an app has several middlewares, call it on
   * each: Nuapay ends the tokens of all of them, and those that are not told hand theirs out as before. Rejects with an `OnBehalfError`: with
   * `deadline_exceeded` where Nuapay has not confirmed within `requestDeadline`; gone here, the tokens are then.
   */
  revoke(organisationId: string): Promise<Revocation>
  /**
   * Refuses new requests, waits until those that have begun to wait for Nuapay are answered (until their deadline at
   * most), and closes the broker; with `revoke`, after revoking what it has fetched. Whoever calls it again
   * waits for the first. Rejects with `TokenError` where the broker cannot be closed.
   */
  close(options?: CloseOptions): Promise<ShutdownReport | undefined>
}

/**
 * Throws a `TokenError` where an option is missing or wrong; those of the broker show when `broker` is awaited. Makes
 * no request by itself.
 *
 * @category constructors
 * @since 0.1.0
 */
export const onBehalf = (options: OnBehalfOptions): OnBehalfMiddleware => {
  checkOptions(options)
  const { name = "onBehalf", eager = false } = options
  const parts = makeParts(options)
  const { broker, enter, metrics, shared, state, waiting, wait } = parts
  const failed = (error: unknown) => metrics.failed(answerable(thrown(error)))
  /** A request that was let in before waits as one: its deadline and its place are the same. */
  const patienceOf = (before: RequestAccess | undefined, response: Response): Patience =>
    before === undefined ? new Patience(response, wait, waiting) : RequestAccess.patienceOf(before)

  const middleware: Middleware = (given, response, next) => {
    // What a route says of its parameters and bodies concerns nothing here.
    const request = given as unknown as Request
    through(next, failed, () => {
      const before = detach(request, name, shared)
      const patience = patienceOf(before, response as unknown as Response)
      return chain(enter(request, patience), (access) => {
        if (before === undefined) metrics.entered()
        attach(request, name, access)
        return eager ? access.token() : undefined
      })
    })
  }

  const proxy = (proxyOptions: ProxyOptions): RequestHandler => {
    const rules = proxyRules(proxyOptions)
    /** Where the middleware stands before it, the merchant is known. */
    const pass = async (request: Request, response: Response): Promise<void> => {
      const known = attached(request, name, shared)
      const patience = patienceOf(known, response)
      const access = known ?? (await enter(request, patience))
      if (known === undefined) metrics.entered()
      await forward({ request, reply: response, access, patience, rules })
    }
    return (request, response, next) => {
      pass(request, response).catch((error: unknown) => next(failed(error)))
    }
  }

  return Object.assign(middleware, {
    broker,
    health: healthHandler(broker, state),
    metrics: ((_request, response) => {
      response.setHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
      response.end(metrics.text())
    }) satisfies RequestHandler,
    proxy,
    ...operations(parts)
  })
}

/** What an app does with the middleware beside serving requests. */
const operations = ({
  broker,
  directory,
  shared,
  state,
  wait,
  waiting
}: ReturnType<typeof makeParts>) => ({
  async *events() {
    yield* (await broker).events()
  },
  revoke: async (organisationId: string) => {
    directory?.forget(organisationId)
    try {
      return await within(wait, async () => (await broker).revokeOrganisation(organisationId))
    } catch (error) {
      throw answerable(error)
    }
  },
  close: async (how?: CloseOptions) => {
    state.isClosing = true
    await waiting.idle(wait)
    // One that never started has nothing to close.
    const open = await broker.catch(() => undefined)
    const report = await open?.close(how)
    shared.handles.clear()
    return report
  }
})

const makeParts = (options: OnBehalfOptions) => {
  const { expiresIn, minimumValidity, scopes } = options
  const broker = createTokenBroker(options)
  // Whoever awaits it hears of it, and so does every request.
  broker.catch(() => undefined)
  const usual = { scopes, expiresIn, minimumValidity }
  const waiting = new Waiting(options.maximumWaiting ?? 1_000)
  const metrics = new Metrics(options.name ?? "onBehalf", waiting)
  const handles = new Handles(broker, usual)
  const shared: Shared = { handles, metrics }
  const directory = options.directory === true ? new Directory(broker, waiting) : undefined
  const admit = admission(options, directory, { handles, waiting })
  const state = { isClosing: false }

  /** What acts for the merchant of a request; throws or rejects where there is none. */
  const enter = (request: Request, patience: Patience): MaybePromise<RequestAccess> => {
    if (state.isClosing) throw new OnBehalfError("closing")
    return chain(
      admit(request, patience),
      (organisationId) => new RequestAccess(shared, patience, organisationId, usual)
    )
  }
  const wait = options.requestDeadline ?? 20_000
  return { broker, directory, enter, metrics, shared, state, waiting, wait }
}

/** Goes on to the next handler: at once where nothing had to be waited for. */
const through = (
  next: NextFunction,
  failed: (error: unknown) => unknown,
  work: () => MaybePromise<unknown>
): void => {
  try {
    const working = work()
    if (isPromiseLike(working)) {
      working.then(
        () => next(),
        (error: unknown) => next(failed(error))
      )
      return
    }
  } catch (error) {
    return next(failed(error))
  }
  next()
}
