import type { TokenKey } from "@onbehalf/core/TokenKey"
import { type Lookup, type StoredToken, StoreError, TokenStore } from "@onbehalf/core/TokenStore"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Entries from "./entries.ts"
import * as Feed from "./feed.ts"
import * as Leases from "./leases.ts"
import { type Parts, remembered } from "./parts.ts"
import { describeKey, longestRecord, open, recordOf } from "./record.ts"
import * as scripts from "./scripts.ts"

export const make = Effect.fnUntraced(function* (
  parts: Parts
): Effect.fn.Return<TokenStore["Service"], never, Scope.Scope> {
  const { driver, names, process } = parts
  const clocks: Clocks = new WeakMap()
  const leases = Leases.make(parts)
  return TokenStore.of({
    // Nothing is held in this process: a tier in front of this store does that.
    peek: () => undefined,
    epoch: () => Number.NaN,
    get: (key) => get(parts, clocks, key),
    put: (stored, generation) => put(parts, clocks, leases, stored, generation),
    remove: (key, id) => remove(parts, key, id),
    revoke: (owner) => revoke(parts, owner),
    lease: leases.take,
    changes: yield* Feed.make({ driver, channel: names.channel, process }),
    entries: Entries.make(parts)
  })
})

/** How far the clock of a key's server is ahead of this process's, as of the last look: at most so much. */
type Clocks = WeakMap<TokenKey, number>

const get = (parts: Parts, clocks: Clocks, key: TokenKey): Effect.Effect<Lookup, StoreError> =>
  Effect.suspend(() => {
    const { ask, names, now } = parts
    const { generation, token } = names.ofKey(key)
    const asked = now()
    return Effect.flatMap(
      ask({
        operation: "get",
        script: scripts.get,
        keys: [token, generation],
        args: [longestRecord, remembered]
      }),
      ([millis, generation, remaining, record]) => {
        if (!isNumber(millis) || !isNumber(generation) || !isNumber(remaining)) {
          return senseless("get")
        }
        const answered = now()
        clocks.set(key, millis - answered)
        if (typeof record !== "string" || record === "") {
          return Effect.succeed({ held: undefined, generation })
        }
        // What is left is as old as the question, not as the answer.
        const left = remaining - (answered - asked)
        return Effect.map(openOrDiscard(parts, key, record, left), (held) => ({ held, generation }))
      }
    )
  })

/** What does not open goes, unless another took its place meanwhile. */
const openOrDiscard = (
  { ask, names, seal }: Parts,
  key: TokenKey,
  record: string,
  remaining: number
): Effect.Effect<StoredToken | undefined> =>
  Effect.tap(open(seal, key, record, remaining), (stored) => {
    if (stored !== undefined) return Effect.void
    const { generation, token } = names.ofKey(key)
    return Effect.ignore(
      ask({
        operation: "get",
        script: scripts.discard,
        keys: [token, generation],
        args: [record]
      })
    )
  })

const put = Effect.fnUntraced(function* (
  parts: Parts,
  clocks: Clocks,
  leases: Leases.Leases,
  stored: StoredToken,
  generation: number
): Effect.fn.Return<"stored" | "superseded", StoreError> {
  const { ask, names, seal } = parts
  const { key, lifetime, token } = stored
  if (generation < 1) return yield* unknownGeneration
  const record = yield* recordOf(seal, stored)
  if (!clocks.has(key)) yield* get(parts, clocks, key)
  const end = Math.floor(lifetime.end + (clocks.get(key) ?? 0))
  const { generation: current, index, lease, name, token: kept } = names.ofKey(key)
  const message = Feed.messageOf({ _tag: "Stored", text: key.text, id: token.id })
  const [outcome] = yield* ask({
    operation: "put",
    script: scripts.put,
    keys: [kept, current, index, lease],
    args: [
      generation,
      end,
      remembered,
      record,
      name,
      describeKey(key),
      names.channel,
      message,
      leases.heldFor(key)
    ]
  })
  if (outcome !== 1) return "superseded"
  leases.gone(key)
  return "stored"
})

const remove = (
  { ask, names }: Parts,
  key: TokenKey,
  id: string
): Effect.Effect<boolean, StoreError> => {
  const { generation, index, name, token } = names.ofKey(key)
  const message = Feed.messageOf({ _tag: "Removed", text: key.text, id })
  return Effect.map(
    ask({
      operation: "remove",
      script: scripts.remove,
      keys: [token, generation, index],
      args: [id, name, names.channel, message]
    }),
    ([removed]) => removed === 1
  )
}

const revoke = ({ ask, names }: Parts, owner: string): Effect.Effect<number, StoreError> => {
  const { generation, index, tokens } = names.ofOwner(owner)
  const message = Feed.messageOf({ _tag: "Revoked", owner })
  return Effect.flatMap(
    ask({
      operation: "revoke",
      script: scripts.revoke,
      keys: [generation, index],
      args: [remembered, tokens, names.channel, message]
    }),
    ([count]) => (isNumber(count) ? Effect.succeed(count) : senseless("revoke"))
  )
}

const isNumber = (value: unknown): value is number => typeof value === "number"

const senseless = (operation: StoreError["operation"]) =>
  Effect.fail(new StoreError({ operation, problem: "the answer makes no sense" }))

/** The look before it failed, or found a server that cannot write: whether a revocation came since, nobody knows. */
const unknownGeneration = new StoreError({
  operation: "put",
  problem: "the owner's generation was not known when the token was asked for"
})
