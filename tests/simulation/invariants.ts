/** What must hold whenever a token is handed out, whatever happened before. */
import type { AccessToken } from "@onbehalf/core"
import * as Redacted from "effect/Redacted"
import type { NuapayModel } from "./NuapayModel.ts"

/** A revocation that has returned. */
export interface Settled {
  readonly process: string
  readonly organisation: string
  readonly ids: ReadonlySet<string>
  readonly returned: number
  /** Whether the shared store took it: else other processes cannot know. */
  readonly reachedStore: boolean
}

export interface HandedOut {
  readonly process: string
  readonly organisation: string
  readonly scopes: ReadonlyArray<string>
  readonly token: AccessToken
  readonly minimumValidity: number
  /** Whether the way to the shared store has been cut since then. */
  readonly cutSince: (time: number) => boolean
  /** When the caller asked, and when it got the token. */
  readonly asked: number
  readonly got: number
}

export class InvariantBroken extends Error {
  readonly invariant: number | "thrift"

  constructor(invariant: number | "thrift", what: string) {
    super(`${invariant === "thrift" ? invariant : `invariant ${invariant}`}: ${what}`)
    this.name = "InvariantBroken"
    this.invariant = invariant
  }
}

/** Milliseconds within which another process must have heard of a revocation, feed or no feed. */
export const maxStaleness = 1_000

/** The feed's own delay in the model: one look at whether it was cut. */
const feedDelay = 100

export const check = (
  nuapay: NuapayModel,
  revocations: ReadonlyArray<Settled>,
  handed: HandedOut
): void => {
  const minted = nuapay.minted.get(handed.token.id)
  const who = `${handed.process} for ${handed.organisation} at ${handed.got}: ${handed.token.id}`
  if (minted === undefined) throw new InvariantBroken(1, `a token nobody minted, ${who}`)
  if (
    minted.organisation !== handed.organisation ||
    handed.token.organisation !== handed.organisation ||
    Redacted.value(handed.token.value) !== minted.text
  ) {
    throw new InvariantBroken(1, `another's token, ${who}, minted for ${minted.organisation}`)
  }
  if (handed.token.scopes.join() !== handed.scopes.join()) {
    throw new InvariantBroken(
      1,
      `another grant's token, ${who}, with ${handed.token.scopes.join()}`
    )
  }
  if (handed.got + handed.minimumValidity >= minted.expires) {
    throw new InvariantBroken(2, `dead or dying, ${who}, expires ${minted.expires}`)
  }
  for (const revocation of revocations) {
    if (!revocation.ids.has(handed.token.id)) continue
    const own = revocation.process === handed.process
    if (!own && !revocation.reachedStore) continue
    const since = own ? revocation.returned : reach(nuapay, revocation, handed)
    if (handed.asked >= since) {
      throw new InvariantBroken(
        3,
        `revoked at ${revocation.returned} by ${revocation.process}, asked at ${handed.asked}, ${who}`
      )
    }
  }
}

/**
 * From when on another process must have heard of it. With the store out of reach nobody can tell a process that
 * the token it is just being sent was revoked on the way: then the time counts from the token's arrival.
 */
const reach = (nuapay: NuapayModel, revocation: Settled, handed: HandedOut): number => {
  const arrived = nuapay.delivered.get(`${handed.process} ${handed.token.id}`)
  const deaf = arrived !== undefined && handed.cutSince(arrived)
  return Math.max(revocation.returned, deaf ? arrived : 0) + maxStaleness + feedDelay
}

/** One flight a key and process, always; one a key over all processes while nothing was in the way. */
export const checkOneFetch = (nuapay: NuapayModel, calmSoFar: boolean): void => {
  if (nuapay.mostAtOnce() > 1) throw new InvariantBroken(4, "two requests of one process for a key")
  if (!calmSoFar) return
  const byGrant = new Map<string, number>()
  for (const [name, count] of nuapay.underWay) {
    const grant = name.slice(name.indexOf(" ") + 1)
    byGrant.set(grant, (byGrant.get(grant) ?? 0) + count)
  }
  for (const [grant, count] of byGrant) {
    if (count > 1) throw new InvariantBroken(4, `two processes fetch ${grant}`)
  }
}
