import { StoreUnavailable, TokenError } from "@onbehalf/core/TokenError"
import type { StoreError } from "@onbehalf/core/TokenStore"

/** Where the store is all that was asked for, its trouble is the failure. */
export const storeFailed = ({ operation }: StoreError): TokenError =>
  new TokenError({ reason: new StoreUnavailable({ operation }) })
