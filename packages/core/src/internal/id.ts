import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type ErrorDetail, invalidRequest, type TokenError } from "../TokenError.ts"

const pattern = /^[A-Za-z0-9_-]{1,255}$/

/** Every id of the API, of organisations, tokens and resources alike: opaque, and fit for a path. */
export const Id = Schema.String.pipe(Schema.check(Schema.isPattern(pattern)))

/** The same where it counts: a schema takes fifty times as long. */
export const isId = (value: unknown): value is string =>
  typeof value === "string" && pattern.test(value)

/** What to say of one that is not. */
export const malformedId = (field: string): ErrorDetail => ({
  field,
  description: "must be 1 to 255 letters, digits, hyphens or underscores"
})

/** Checks an id, before any request is made. */
export const checkId =
  <A extends string>(field: string, is: (id: string) => id is A) =>
  (id: string): Effect.Effect<A, TokenError> =>
    is(id) ? Effect.succeed(id) : Effect.fail(invalidRequest([malformedId(field)]))
