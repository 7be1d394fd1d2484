import { isOrganisationId } from "@onbehalf/core/Organisation"
import type { Request } from "express"
import { OnBehalfError } from "../OnBehalfError.ts"
import type { OnBehalfOptions } from "../OnBehalfOptions.ts"
import { chain, type MaybePromise } from "./chain.ts"
import type { Directory } from "./directory.ts"
import { type Patience, untilAborted } from "./patience.ts"
import type { Waiting } from "./waiting.ts"

/** From a request to the merchant that it may act for. */
export type Admit = (request: Request, patience: Patience) => MaybePromise<string>

export interface AdmissionParts {
  readonly directory: Directory | undefined
  readonly waiting: Waiting
}

/** Synchronous where the app's own functions are, and the directory knows the merchant. */
export const admission = (
  { allow, organisation }: OnBehalfOptions,
  { directory, waiting }: AdmissionParts
): Admit => {
  const allowed = (request: Request, merchant: string): MaybePromise<string> =>
    allow === undefined
      ? merchant
      : chain(allow(request, merchant), (answer) => require(answer === true, merchant))

  const listed = (merchant: string, patience: Patience): MaybePromise<string> => {
    if (directory === undefined) return merchant
    const known = directory.has(merchant)
    if (typeof known === "boolean") return require(known, merchant)
    return waiting.run(async () => require(await untilAborted(known, patience.signal), merchant))
  }

  return (request, patience) =>
    chain(organisation(request), (given) =>
      chain(allowed(request, merchantOf(given)), (merchant) => listed(merchant, patience))
    )
}

const merchantOf = (given: unknown): string => {
  if (given === undefined || given === null) throw new OnBehalfError("no_merchant")
  if (!isOrganisationId(given)) throw new OnBehalfError("invalid_merchant")
  return given
}

const require = (isAllowed: boolean, merchant: string): string => {
  if (!isAllowed) throw new OnBehalfError("merchant_refused")
  return merchant
}
