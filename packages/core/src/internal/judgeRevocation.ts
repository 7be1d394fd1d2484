import * as Result from "effect/Result"
import type { TokenId } from "../AccessToken.ts"
import { type Answer, type Asked, type Judged, malformedAnswer } from "./answer.ts"
import { decodeAnswer } from "./decodeAnswer.ts"
import * as Wire from "./wire.ts"

/** A revocation as the upstream confirmed it. */
export interface RevokedToken {
  readonly id: TokenId
  /** Epoch milliseconds of the server's clock, where given. */
  readonly revokedTimestamp: number | undefined
}

/** The answer to revoking one token; its echo of the token is never decoded. */
export const judgeRevokedToken = (
  id: string,
  answer: Answer,
  asked: Asked
): Judged<RevokedToken> => {
  const decoded = decodeAnswer(Wire.RevokedTokenEnvelope, 200, answer, asked)
  if (Result.isFailure(decoded)) return Result.fail(decoded.failure)
  const data = decoded.success.data
  if (data.id !== id) return Result.fail(malformedAnswer(answer, asked, "about another token"))
  if (Wire.text(data.status) !== "REVOKED") {
    return Result.fail(malformedAnswer(answer, asked, "it does not say that the token is revoked"))
  }
  return Result.succeed({ id: data.id, revokedTimestamp: Wire.number(data.revokedTimestamp) })
}

/** The answer to revoking all tokens of an organisation: how many there were, where it says so. */
export const judgeRevokedCount = (answer: Answer, asked: Asked): Judged<number | undefined> => {
  return Result.map(decodeAnswer(Wire.RevokedCountEnvelope, 200, answer, asked), (envelope) =>
    Wire.number(envelope.data.revokedTokensCount)
  )
}
