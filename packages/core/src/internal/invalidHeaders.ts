import { invalidRequest, type TokenError } from "../TokenError.ts"

/** A header that HTTP does not allow; the platform would quote it, so it is not named. */
export const invalidHeaders = (): TokenError =>
  invalidRequest([
    {
      field: "headers",
      description: "must be names and values that HTTP allows, without line breaks"
    }
  ])
