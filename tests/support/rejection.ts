import { TokenError } from "@onbehalf/core"

/** What a promise is rejected with; anything but a `TokenError` fails the test. */
export const rejection = async (promise: Promise<unknown>): Promise<TokenError> => {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error
  )
  if (!(outcome instanceof TokenError)) throw new Error("expected a TokenError", { cause: outcome })
  return outcome
}
