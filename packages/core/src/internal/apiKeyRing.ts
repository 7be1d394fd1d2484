import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Semaphore from "effect/Semaphore"
import type { TokenError } from "../TokenError.ts"

/** The API key in use, and what takes its place when it is refused. */
export interface ApiKeyRing {
  readonly current: () => Redacted.Redacted
  /**
   * Reads the key anew, once however many found it refused. Whether the key in use is now another than the
   * refused one.
   */
  readonly replace: (refused: Redacted.Redacted) => Effect.Effect<boolean>
}

export const makeApiKeyRing = (
  first: Redacted.Redacted,
  reload: Effect.Effect<Redacted.Redacted, TokenError>
): ApiKeyRing => {
  let current = first
  const turn = Semaphore.makeUnsafe(1)
  return {
    current: () => current,
    replace: (refused) =>
      Semaphore.withPermit(
        turn,
        Effect.suspend(() => {
          if (!isSame(current, refused)) return Effect.succeed(true)
          return Effect.match(reload, {
            onFailure: () => false,
            onSuccess: (next) => {
              const changed = !isSame(next, refused)
              if (changed) current = next
              return changed
            }
          })
        })
      )
  }
}

const isSame = (one: Redacted.Redacted, other: Redacted.Redacted): boolean =>
  Redacted.value(one) === Redacted.value(other)
