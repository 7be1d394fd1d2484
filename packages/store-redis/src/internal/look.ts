import type { TokenKey } from "@onbehalf/core/TokenKey"
import { type Lookup, StoreError } from "@onbehalf/core/TokenStore"
import * as Effect from "effect/Effect"
import { type Parts, remembered } from "./parts.ts"
import { type Kept, keptOf, open, refuse } from "./record.ts"
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
        const kept = keptOf(value)
        const left = lifeOf(parts, key, kept, generation, remaining, asked)
        return typeof value === "string" && left > 0
          ? openOrDiscard(parts, key, { value, kept, generation, left })
          : lookClosely(parts, key)
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
      ([value, generation, remaining, millis, refused]) => {
        if (!isGeneration(generation) && generation !== unknown) return senseless
        if (typeof value !== "string" || typeof millis !== "number") return senseless
        clocks.note(key, millis)
        if (refused === 1) return Effect.as(refuse(parts.seal, key), nothing(generation))
        if (value === "") return Effect.succeed(nothing(generation))
        const kept = keptOf(value)
        const left = lifeOf(parts, key, kept, generation, remaining, asked)
        return openOrDiscard(parts, key, { value, kept, generation, left })
      }
    )
  })

/**
 * Milliseconds until a record of this generation ends, by Redis and by what it says itself: the earlier counts. None
 * of what is no such record.
 */
const lifeOf = (
  { clocks, now }: Parts,
  key: TokenKey,
  kept: Kept | undefined,
  generation: string,
  remaining: unknown,
  asked: number
): number => {
  if (kept?.generation !== generation || typeof remaining !== "number") return 0
  return Math.min(remaining - (now() - asked), Number(kept.end) - clocks.at(key, now()))
}

interface Found {
  readonly value: string
  readonly kept: Kept | undefined
  /** The owner's present one. */
  readonly generation: string
  /** Milliseconds until it ends. */
  readonly left: number
}

const openOrDiscard = (
  parts: Parts,
  key: TokenKey,
  { generation, kept, left, value }: Found
): Effect.Effect<Lookup> =>
  Effect.flatMap(open(parts.seal, key, kept, left), (held): Effect.Effect<Lookup> =>
    held === undefined
      ? Effect.as(discard(parts, key, value), nothing(generation))
      : Effect.succeed({ held, generation: Number(generation) })
  )

/** What does not open goes, unless another took its place meanwhile. */
const discard = ({ ask, names }: Parts, key: TokenKey, value: string): Effect.Effect<void> => {
  const keys = [names.ofKey(key).token] as const
  return Effect.ignore(ask({ operation: "get", script: scripts.discard, keys, args: [value] }))
}

const nothing = (generation: string): Lookup => ({
  held: undefined,
  generation: Number(generation)
})

/** As the scripts write it, so that it is the same again when it goes back into a put. */
const isGeneration = (value: unknown): value is string =>
  typeof value === "string" && /^[1-9]\d{0,15}$/.test(value) && Number.isSafeInteger(Number(value))

/** The server could not make one. */
const unknown = "0"

const senseless = Effect.fail(
  new StoreError({ operation: "get", problem: "the answer makes no sense" })
)
