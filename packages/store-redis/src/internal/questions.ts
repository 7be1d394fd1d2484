import { StoreError } from "@onbehalf/core/TokenStore"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import type { RedisDriver } from "../RedisDriver.ts"
import { describe, RedisFailure } from "../RedisFailure.ts"
import type { Script } from "./scripts.ts"

export interface Question {
  readonly operation: StoreError["operation"]
  readonly script: Script
  /** All of one slot, at least one. */
  readonly keys: readonly [string, ...ReadonlyArray<string>]
  readonly args: ReadonlyArray<string | number>
  readonly reads?: boolean
}

/** Runs a script, and gives what it answered. */
export type Ask = (question: Question) => Effect.Effect<ReadonlyArray<unknown>, StoreError>

/** Numbers start anywhere, so that those of two processes do not meet. */
const numbers = Random.nextIntBetween(0, 2 ** 48)

export const make = (driver: RedisDriver): Effect.Effect<Ask> =>
  Effect.map(numbers, (first) => {
    let number = first

    const send = (question: Question): Effect.Effect<ReadonlyArray<unknown>, RedisFailure> => {
      const { args, keys, reads = false, script } = question
      const asked = number++
      const run = (name: string, what: string) => {
        const words = [name, what, String(keys.length), ...keys]
        for (const arg of args) words.push(String(arg))
        words.push(String(asked))
        return driver.send({ words, key: keys[0], reads })
      }
      const check = (answer: unknown) => {
        if (isAnswerTo(asked, answer)) return Effect.succeed(answer.slice(1))
        driver.drop(keys[0])
        return mixedUp
      }
      return Effect.matchEffect(run("EVALSHA", script.sha), {
        onSuccess: check,
        onFailure: (failure) =>
          failure.code === "NOSCRIPT"
            ? Effect.flatMap(run("EVAL", script.text), check)
            : Effect.fail(failure)
      })
    }

    return (question) =>
      Effect.catch(send(question), (failure) =>
        (isOnTheMove(failure)
          ? Effect.retry(send(question), whileOnTheMove)
          : Effect.fail(failure)
        ).pipe(Effect.mapError((last) => storeError(question.operation, last)))
      )
  })

export const storeError = (operation: StoreError["operation"], failure: RedisFailure): StoreError =>
  new StoreError({ operation, problem: describe(failure) })

/** T2: an answer to another question is worth nothing, whoever mixed them up, and neither are those after it. */
const isAnswerTo = (asked: number, answer: unknown): answer is ReadonlyArray<unknown> =>
  Array.isArray(answer) && answer[0] === asked

const mixedUp = Effect.fail(new RedisFailure({ code: "MIXED" }))

const isOnTheMove = ({ code }: RedisFailure): boolean => code === "TRYAGAIN"

/** While a slot moves to another server, its keys go one by one: for a moment they lie on both. */
const whileOnTheMove = { schedule: Schedule.spaced(20), times: 8, while: isOnTheMove }
