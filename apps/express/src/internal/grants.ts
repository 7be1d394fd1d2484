import { invalidRequest } from "@onbehalf/core/TokenError"
import { answerable } from "../answerable.ts"
import type { ApplicationGrant, MerchantGrant } from "./handles.ts"

/** A merchant's grant, and how long its tokens must still live when they are handed out. */
export interface UsualGrant extends MerchantGrant {
  readonly minimumValidity?: number | undefined
}

/**
 * What is asked for in place of the usual. What TypeScript would have refused is refused here, before it becomes a
 * key; and it is copied, so that it stays what was checked. How long or how much is the broker's to judge.
 */
export const grantUsing = (usual: UsualGrant, given: unknown): UsualGrant => {
  const {
    scopes = usual.scopes,
    expiresIn = usual.expiresIn,
    minimumValidity = usual.minimumValidity
  } = fieldsOf(given)
  return {
    scopes: texts("scopes", scopes),
    expiresIn: checked("expiresIn", expiresIn, isNumberOrNone, "must be a number"),
    minimumValidity: checked("minimumValidity", minimumValidity, isValidity, "must be 0 or more")
  }
}

export const applicationGrant = (given: unknown): ApplicationGrant => {
  const { products, resourceId } = fieldsOf(given)
  return {
    products: texts("products", products),
    resourceId: checked("resourceId", resourceId, isText, "must be text")
  }
}

const fieldsOf = (given: unknown): Readonly<Record<string, unknown>> => ({
  ...checked("options", given, isObject, "must be an object")
})

const texts = (field: string, given: unknown): ReadonlyArray<string> => [
  ...checked(field, Array.isArray(given) ? [...given] : given, areTexts, "must be a list of texts")
]

const checked = <A>(
  field: string,
  given: unknown,
  isValid: (given: unknown) => given is A,
  description: string
): A => {
  if (!isValid(given)) throw answerable(invalidRequest([{ field, description }]))
  return given
}

const isObject = (given: unknown): given is object => typeof given === "object" && given !== null

const isText = (given: unknown): given is string => typeof given === "string"

const areTexts = (given: unknown): given is ReadonlyArray<string> =>
  Array.isArray(given) && given.every(isText)

const isNumberOrNone = (given: unknown): given is number | undefined =>
  given === undefined || typeof given === "number"

const isValidity = (given: unknown): given is number | undefined =>
  given === undefined || (typeof given === "number" && given >= 0)
