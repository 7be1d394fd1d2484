import { type StoredToken, StoreError, TokenStore } from "@onbehalf/core/TokenStore"
import type { TokenKey } from "@onbehalf/core/TokenKey"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Entries from "./entries.ts"
import * as Feed from "./feed.ts"
import * as Leases from "./leases.ts"
import { look } from "./look.ts"
import { type Parts, remembered } from "./parts.ts"
import { describeKey, recordOf } from "./record.ts"
import * as scripts from "./scripts.ts"

export const make = Effect.fnUntraced(function* (
  parts: Parts
): Effect.fn.Return<TokenStore["Service"], never, Scope.Scope> {
  const { driver, names, process } = parts
  const leases = Leases.make(parts)
  return TokenStore.of({
    // Nothing is held in this process: a tier in front of this store does that.
    peek: () => undefined,
    epoch: () => Number.NaN,
    get: (key) => look(parts, key),
    put: (stored, generation) => put(parts, leases, stored, generation),
    remove: (key, id) => remove(parts, key, id),
    revoke: (owner) => revoke(parts, owner),
    lease: leases.take,
    changes: yield* Feed.make({ driver, channel: names.channel, process }),
    entries: Entries.make(parts)
  })
})

const put = Effect.fnUntraced(function* (
  parts: Parts,
  leases: Leases.Leases,
  stored: StoredToken,
  generation: number
): Effect.fn.Return<"stored" | "superseded", StoreError> {
  const { ask, clocks, names, seal } = parts
  const { key, lifetime, token } = stored
  if (generation < 1) return yield* unknownGeneration
  if (!clocks.isKnown(key)) yield* look(parts, key)
  const end = Math.floor(clocks.at(key, lifetime.end))
  const record = yield* recordOf(seal, stored, generation, end)
  const { fences, generation: current, index, lease, name, token: kept } = names.ofKey(key)
  const message = Feed.messageOf({ _tag: "Stored", text: key.text, id: token.id })
  const [outcome] = yield* ask({
    operation: "put",
    script: scripts.put,
    keys: [kept, current, index, lease, fences],
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
    ([count]) => (typeof count === "number" ? Effect.succeed(count) : senseless)
  )
}

const senseless = Effect.fail(
  new StoreError({ operation: "revoke", problem: "the answer makes no sense" })
)

/** The look before it failed, or found a server that cannot write: whether a revocation came since, nobody knows. */
const unknownGeneration = new StoreError({
  operation: "put",
  problem: "the owner's generation was not known when the token was asked for"
})
