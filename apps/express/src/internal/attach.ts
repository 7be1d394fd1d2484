import type { Request } from "express"
import { OnBehalfError } from "../OnBehalfError.ts"
import { RequestAccess, type Shared } from "./access.ts"

/** What this middleware has put on the request, if it was there before. */
export const attached = (
  request: Request,
  name: string,
  shared: Shared
): RequestAccess | undefined => {
  // By its name, which the engine remembers, as it does not for Reflect.get.
  const taken = (request as unknown as Readonly<Record<string, unknown>>)[name]
  if (taken === undefined || RequestAccess.isOf(taken, shared)) return taken
  throw new OnBehalfError("misused", { problem: `req.${name} is taken: choose another name` })
}

/** Takes off what was there, and gives it: where nobody comes now, the one before must not stay. */
export const detach = (
  request: Request,
  name: string,
  shared: Shared
): RequestAccess | undefined => {
  const before = attached(request, name, shared)
  if (before !== undefined) Reflect.deleteProperty(request, name)
  return before
}

/** Puts it on the request where no logger and no serialiser sees it. */
export const attach = (request: Request, name: string, access: RequestAccess): void => {
  Object.defineProperty(request, name, { value: access, configurable: true })
}
