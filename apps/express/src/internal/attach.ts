import type { Request } from "express"
import { OnBehalfError } from "../OnBehalfError.ts"
import { RequestAccess, type Shared } from "./access.ts"

/** Puts it on the request where no logger and no serialiser sees it; in place of what this middleware put there before. */
export const attach = (
  request: Request,
  name: string,
  access: RequestAccess,
  shared: Shared
): void => {
  // By its name, which the engine remembers, as it does not for Reflect.get.
  const taken = (request as unknown as Readonly<Record<string, unknown>>)[name]
  if (taken !== undefined && !RequestAccess.isOf(taken, shared)) {
    throw new OnBehalfError("misused", { problem: `req.${name} is taken: choose another name` })
  }
  Object.defineProperty(request, name, { value: access, configurable: true })
}
