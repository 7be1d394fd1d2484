import * as Result from "effect/Result"
import { AccessToken } from "../AccessToken.ts"
import type { Grant } from "../Grant.ts"
import { organisationOf } from "../Grant.ts"
import * as Lifetime from "../Lifetime.ts"
import { type TokenErrorReason, WrongToken } from "../TokenError.ts"
import { about } from "./about.ts"
import { type Answer, type Asked, type Judged, malformedAnswer } from "./answer.ts"
import { decodeAnswer } from "./decodeAnswer.ts"
import * as Wire from "./wire.ts"

/** A token as it arrived, found to be the one asked for. */
export interface IssuedToken {
  readonly token: AccessToken
  /** Milliseconds; `undefined` where nothing is known. */
  readonly life: number | undefined
}

/** Invariant 1: only the very token that was asked for, or an error. */
export const judgeToken = (grant: Grant, answer: Answer, asked: Asked): Judged<IssuedToken> => {
  const decoded = decodeAnswer(Wire.TokenEnvelope, 201, answer, asked)
  if (Result.isFailure(decoded)) return Result.fail(decoded.failure)
  const data = decoded.success.data
  const mismatch = findMismatch(grant, data)
  if (mismatch !== undefined) return Result.fail(wrongToken(answer, asked, mismatch))
  const life = Lifetime.life({
    createdTimestamp: Wire.number(data.createdTimestamp),
    expiryTime: Wire.number(data.expiryTime),
    date: dateHeader(answer),
    requested: grant._tag === "ApplicationGrant" ? undefined : millis(grant.expiresIn)
  })
  if (life !== undefined && life <= 0) {
    return Result.fail(
      malformedAnswer(answer, asked, "a token that had expired when it was issued")
    )
  }
  return Result.succeed({ life, token: accessToken(grant, data) })
}

type TokenData = (typeof Wire.TokenEnvelope.Type)["data"]
type Mismatch = WrongToken["mismatch"]

const findMismatch = (grant: Grant, data: TokenData): Mismatch | undefined => {
  if (!isHolder(grant, data)) return "organisation"
  if (Wire.text(data.tokenType)?.toUpperCase() !== "BEARER") return "type"
  if (Wire.text(data.status) !== "ACTIVE") return "status"
  if (grant._tag === "ApplicationGrant") {
    return Wire.text(data.resourceId) === grant.resourceId ? undefined : "resource"
  }
  if (data.applicationToken === true) return "type"
  return hasAll(data.scopes ?? [], grant.scopes) ? undefined : "scopes"
}

/** Of the organisation that was asked for; of the one that asked, where it asked for itself. */
const isHolder = (grant: Grant, data: TokenData): boolean => {
  const holder = Wire.text(data.requestedOrganisation)
  const expected = organisationOf(grant) ?? Wire.text(data.requestingOrganisation)
  return holder !== undefined && (expected === undefined || holder === expected)
}

const hasAll = (given: ReadonlyArray<string>, asked: ReadonlyArray<string>): boolean => {
  const set = new Set(given)
  return asked.every((scope) => set.has(scope))
}

const accessToken = (grant: Grant, data: TokenData): AccessToken =>
  new AccessToken({
    id: data.id,
    organisation: Wire.text(data.requestedOrganisation) ?? "",
    value: data.accessToken,
    scopes: data.scopes ?? [],
    resourceId: grant._tag === "ApplicationGrant" ? grant.resourceId : undefined
  })

const wrongToken = (answer: Answer, asked: Asked, mismatch: Mismatch): TokenErrorReason =>
  new WrongToken({ ...about(asked), status: answer.status, mismatch })

const millis = (seconds: number | undefined): number | undefined =>
  seconds === undefined ? undefined : seconds * 1000

const dateHeader = (answer: Answer): number | undefined => {
  const parsed = Date.parse(answer.headers["date"] ?? "")
  return Number.isNaN(parsed) ? undefined : parsed
}
