/** What no invariant forbids and nobody wants: requests that were not needed, and fleets that renew in step. */
import { type Grant, organisationOf } from "@onbehalf/core/Grant"
import type { StoreEntry, TokenStore } from "@onbehalf/core/TokenStore"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { InvariantBroken } from "./invariants.ts"

/** No caller of the simulation asks for more life than a token of this age has left. */
const youngUntil = 0.45

/** So many tokens that happen to be due at the same part of their lives are no accident. */
const many = 8

export interface Thrift {
  /** Called when a request is sent: while nothing is in the way, no good token may lie in the shared store. */
  readonly check: (grant: Grant, calmSoFar: boolean) => Effect.Effect<void>
  readonly checkJitter: () => void
}

export const make = (shared: TokenStore["Service"]): Thrift => {
  /** By token: the part of its life after which it is due. */
  const due = new Map<string, number>()
  return {
    check: Effect.fnUntraced(function* (grant, calmSoFar) {
      const now = Number(yield* Clock.monotonicTimeNanos) / 1e6
      for (const entry of yield* Effect.orDie(shared.entries)) {
        const { issued, renewal } = entry.lifetime
        due.set(entry.id, Math.round(((renewal - issued) / lifeOf(entry)) * 1e6))
        if (calmSoFar && isOf(entry, grant) && now - issued < lifeOf(entry) * youngUntil) {
          return yield* Effect.die(
            new InvariantBroken("thrift", `${entry.id} was there, and young`)
          )
        }
      }
    }),
    checkJitter: () => {
      if (due.size >= many && new Set(due.values()).size === 1) {
        throw new InvariantBroken("thrift", `${due.size} tokens are renewed in step`)
      }
    }
  }
}

const lifeOf = ({ lifetime }: StoreEntry): number => lifetime.end - lifetime.issued

/** Grants of the simulation differ in organisation, scopes and life. */
const isOf = (entry: StoreEntry, grant: Grant): boolean =>
  grant._tag !== "ApplicationGrant" &&
  entry.organisation === organisationOf(grant) &&
  entry.scopes.join() === grant.scopes.join() &&
  Math.round(lifeOf(entry)) === (grant.expiresIn ?? 0) * 1_000
