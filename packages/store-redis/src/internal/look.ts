import type { TokenKey } from "@onbehalf/core/TokenKey"
import { type Lookup, type StoredToken, StoreError } from "@onbehalf/core/TokenStore"
import * as Effect from "effect/Effect"
import { type Parts, remembered } from "./parts.ts"
import { longestRecord, open } from "./record.ts"
import * as scripts from "./scripts.ts"

type Look = Effect.Effect<Lookup, StoreError>

/** What is held under a key, and its owner's generation. */
export const look = (parts: Parts, key: TokenKey): Look =>
  Effect.suspend(() => {
    const { ask, clocks, names, now } = parts
    if (!clocks.isKnown(key)) return lookClosely(parts, key)
    const { generation, token } = names.ofKey(key)
    const asked = now()
    return Effect.flatMap(
      ask({
        operation: "get",
        script: scripts.look,
        keys: [token, generation],
        args: []
      }),
      ([value, generation, remaining]) => {
        if (!isGeneration(generation)) return lookClosely(parts, key)
        if (value === "") return Effect.succeed(nothing(generation))
        return isWhole(value, generation) && isNumber(remaining) && remaining > 0
          ? openOrDiscard(parts, key, value, generation, remaining - (now() - asked))
          : Effect.andThen(count(parts, key, value), lookClosely(parts, key))
      }
    )
  })

/** The same when the server's clock is not known, or what was found makes no sense. */
const lookClosely = (parts: Parts, key: TokenKey): Look =>
  Effect.suspend(() => {
    const { ask, clocks, names, now } = parts
    const { generation, token } = names.ofKey(key)
    const asked = now()
    return Effect.flatMap(
      ask({
        operation: "get",
        script: scripts.lookClosely,
        keys: [token, generation],
        args: [remembered]
      }),
      ([value, generation, remaining, millis]) => {
        if (!isGeneration(generation) || !isNumber(remaining) || !isNumber(millis)) return senseless
        clocks.note(key, millis)
        return typeof value === "string" && value !== ""
          ? openOrDiscard(parts, key, value, generation, remaining - (now() - asked))
          : Effect.succeed(nothing(generation))
      }
    )
  })

const openOrDiscard = (
  parts: Parts,
  key: TokenKey,
  value: string,
  generation: string,
  remaining: number
): Effect.Effect<Lookup> =>
  Effect.flatMap(
    open(parts.seal, key, value.slice(generation.length + 1), remaining),
    (held): Effect.Effect<Lookup> =>
      held === undefined
        ? Effect.as(discard(parts, key, value), nothing(generation))
        : Effect.succeed({ held, generation: Number(generation) })
  )

/** What does not open goes, unless another took its place meanwhile. */
const discard = ({ ask, names }: Parts, key: TokenKey, value: string): Effect.Effect<void> => {
  const keys = [names.ofKey(key).token] as const
  return Effect.ignore(ask({ operation: "get", script: scripts.discard, keys, args: [value] }))
}

/** What is no text, or too long for a record, counts like what does not open. */
const count = (
  { seal }: Parts,
  key: TokenKey,
  value: unknown
): Effect.Effect<StoredToken | undefined> =>
  typeof value === "string" && value.length <= longestRecord
    ? Effect.undefined
    : seal.open(key, new Uint8Array(0), 0)

const nothing = (generation: string): Lookup => ({
  held: undefined,
  generation: Number(generation)
})

const isWhole = (value: unknown, generation: string): value is string =>
  typeof value === "string" && value.length <= longestRecord && value.startsWith(`${generation}:`)

const isGeneration = (value: unknown): value is string =>
  typeof value === "string" && /^\d{1,16}$/.test(value)

const isNumber = (value: unknown): value is number => typeof value === "number"

const senseless = Effect.fail(
  new StoreError({ operation: "get", problem: "the answer makes no sense" })
)
