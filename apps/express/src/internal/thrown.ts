import { OnBehalfError } from "../OnBehalfError.ts"

/**
 * What Express takes for an error, whatever was thrown: `undefined`, `"route"` and their like would have it go on, with
 * nobody let in. What is thrown as an object goes on as it is.
 */
export const thrown = (given: unknown): unknown =>
  typeof given === "object" && given !== null
    ? given
    : new OnBehalfError("misused", { problem: "organisation or allow threw what is no error" })
