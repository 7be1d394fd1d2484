import { isOrganisationId } from "@onbehalf/core/Organisation"
import type { Request } from "express"
import { OnBehalfError } from "../OnBehalfError.ts"
import type { OnBehalfOptions } from "../OnBehalfOptions.ts"
import { chain, isPromiseLike, type MaybePromise } from "./chain.ts"
import type { Directory } from "./directory.ts"
import type { Handles } from "./handles.ts"
import type { Patience } from "./patience.ts"
import { untilAborted } from "./untilAborted.ts"
import type { Waiting } from "./waiting.ts"

/** From a request to the merchant that it may act for. */
export type Admit = (request: Request, patience: Patience) => MaybePromise<string>

/** Synchronous where the app's own functions are, and the directory knows the merchant. */
export const admission = (
  { allow, organisation }: OnBehalfOptions,
  directory: Directory | undefined,
  { handles, waiting }: { readonly handles: Handles; readonly waiting: Waiting }
): Admit => {
  /** The app's own functions may never answer either: who waits for them has a place for so long. */
  const inTime = <A>(given: MaybePromise<A>, patience: Patience): MaybePromise<A> => {
    if (!isPromiseLike(given)) return given
    const working = Promise.resolve(given)
    // It has begun: if it fails after nobody waits for it any more, that is nobody's trouble.
    working.catch(() => undefined)
    return waiting
      .run(() => untilAborted(() => working, patience.signal))
      .catch((error) => {
        throw error === patience.reason ? ofTheApp(error) : error
      })
  }

  const merchantOf = (given: unknown): string => {
    if (given === undefined || given === null) throw new OnBehalfError("no_merchant")
    if (!handles.know(given) && !isOrganisationId(given))
      throw new OnBehalfError("invalid_merchant")
    return given
  }

  const named: Admit = (request, patience) =>
    chain(inTime(organisation(request), patience), merchantOf)

  const allowed = (request: Request, merchant: string, patience: Patience): MaybePromise<string> =>
    allow === undefined
      ? merchant
      : chain(inTime(allow(request, merchant), patience), (answer) =>
          require(answer === true, merchant)
        )

  const listed = (merchant: string, patience: Patience): MaybePromise<string> => {
    if (directory === undefined) return merchant
    const known = directory.known(merchant)
    if (known !== undefined) return require(known, merchant)
    return chain(
      patience.wait(() => directory.ask(merchant)),
      (isListed) => require(isListed, merchant)
    )
  }

  if (allow === undefined && directory === undefined) return named
  return (request, patience) =>
    chain(named(request, patience), (merchant) =>
      chain(allowed(request, merchant, patience), () => listed(merchant, patience))
    )
}

/** Whoever is woken by it looks at what hangs, and not at Nuapay. */
const ofTheApp = (error: unknown): unknown =>
  error instanceof OnBehalfError && error.code === "deadline_exceeded"
    ? new OnBehalfError(error.code, { problem: "of organisation or allow" })
    : error

const require = (isAllowed: boolean, merchant: string): string => {
  if (!isAllowed) throw new OnBehalfError("merchant_refused")
  return merchant
}
