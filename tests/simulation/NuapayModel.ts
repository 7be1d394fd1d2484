/** Nuapay as a model on virtual time: what it minted, for whom, until when, and what it revoked. */
import { AccessToken, TokenId } from "@onbehalf/core"
import type { Gatekeeper, IssuedToken } from "@onbehalf/core/Gatekeeper"
import { type Grant, organisationOf } from "@onbehalf/core/Grant"
import {
  InvalidApiKey,
  OrganisationUnknown,
  RateLimited,
  TokenError,
  type TokenErrorReason,
  Unavailable
} from "@onbehalf/core/TokenError"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import type { Dice } from "./dice.ts"

export interface Minted {
  readonly id: string
  readonly organisation: string
  readonly text: string
  /** Virtual milliseconds, of the one true time. */
  readonly expires: number
  revoked: boolean
}

/** How the upstream behaves just now. */
export interface Weather {
  latency: number
  failing: boolean
  losingAnswers: boolean
  limiting: boolean
  refusingKey: boolean
  /** Answers with a token that another organisation has. */
  mixingUp: boolean
}

export const calm = (): Weather => ({
  latency: 50,
  failing: false,
  losingAnswers: false,
  limiting: false,
  refusingKey: false,
  mixingUp: false
})

export interface NuapayModel {
  readonly weather: Weather
  readonly minted: ReadonlyMap<string, Minted>
  /** When a process got a token by its own request, by process and token id. */
  readonly delivered: ReadonlyMap<string, number>
  /** Token requests under way, by process and grant. */
  readonly underWay: ReadonlyMap<string, number>
  readonly mostAtOnce: () => number
  /** The Gatekeeper as one process sees it. `stall`: virtual time until which that process sleeps. */
  readonly gatekeeperFor: (process: string, stall: () => number) => Gatekeeper["Service"]
}

const refuse = (reason: TokenErrorReason) => Effect.fail(new TokenError({ reason }))

export const make = (dice: Dice): NuapayModel => {
  const weather = calm()
  const minted = new Map<string, Minted>()
  const delivered = new Map<string, number>()
  const underWay = new Map<string, number>()
  const most = { atOnce: 0 }

  const count = (name: string, by: number): void => {
    const now = (underWay.get(name) ?? 0) + by
    underWay.set(name, now)
    most.atOnce = Math.max(most.atOnce, now)
  }

  const travel = (stall: () => number) =>
    Effect.gen(function* () {
      yield* Effect.sleep(dice.upTo(weather.latency))
      const now = yield* Clock.currentTimeMillis
      if (stall() > now) yield* Effect.sleep(stall() - now)
    })

  /** A new token; or, when mixed up, one that another organisation has, under the name that was asked for. */
  const answer = (
    grant: Grant,
    organisation: string,
    now: number,
    given: ReadonlySet<Minted>
  ): IssuedToken => {
    // Of those that this process has got: it cannot know the others.
    const others = [...given].filter((token) => token.organisation !== organisation)
    const life = (grant._tag === "ApplicationGrant" ? 10 : (grant.expiresIn ?? 10)) * 1000
    const mixed = weather.mixingUp && others.length > 0 && dice.chance(0.5)
    const token = mixed ? dice.pick(others) : mint(organisation, now + life)
    return {
      life,
      token: new AccessToken({
        id: TokenId.make(token.id),
        organisation,
        scopes: grant._tag === "ApplicationGrant" ? [] : grant.scopes,
        resourceId: undefined,
        value: Redacted.make(token.text)
      })
    }
  }

  const mint = (organisation: string, expires: number): Minted => {
    const id = `t${minted.size + 1}`
    const token = { id, organisation, text: `text-${id}`, expires, revoked: false }
    minted.set(id, token)
    return token
  }

  const trouble = (): TokenErrorReason | undefined => {
    if (weather.refusingKey) return new InvalidApiKey({})
    if (weather.limiting && dice.chance(0.5)) return new RateLimited({ retryAfter: 2_000 })
    if (weather.failing && dice.chance(0.7)) return new Unavailable({ problem: "status" })
    return undefined
  }

  const gatekeeperFor = (process: string, stall: () => number): Gatekeeper["Service"] => {
    const given = new Set<Minted>()
    const requestToken = (grant: Grant) =>
      Effect.suspend(() => {
        const organisation = organisationOf(grant) ?? "own"
        const name = `${process} ${JSON.stringify(grant)}`
        count(name, 1)
        return Effect.gen(function* () {
          yield* travel(() => 0)
          const problem = trouble()
          const issued =
            problem === undefined
              ? answer(grant, organisation, yield* Clock.currentTimeMillis, given)
              : undefined
          yield* travel(stall)
          if (issued === undefined) return yield* refuse(problem ?? new InvalidApiKey({}))
          if (weather.losingAnswers && dice.chance(0.5)) {
            return yield* refuse(new Unavailable({ problem: "transfer" }))
          }
          const token = minted.get(issued.token.id)
          if (token !== undefined) given.add(token)
          delivered.set(`${process} ${issued.token.id}`, yield* Clock.currentTimeMillis)
          return issued
        }).pipe(Effect.ensuring(Effect.sync(() => count(name, -1))))
      })
    const revoke = (which: (token: Minted) => boolean) =>
      Effect.gen(function* () {
        yield* travel(() => 0)
        const problem = trouble()
        if (problem !== undefined) return yield* refuse(problem)
        const hit = [...minted.values()].filter((token) => !token.revoked && which(token))
        for (const token of hit) token.revoked = true
        yield* travel(stall)
        return hit.length
      })
    return {
      organisations: () => Effect.die("not simulated"),
      allOrganisations: () => Stream.die("not simulated"),
      organisation: () => Effect.die("not simulated"),
      requestToken,
      revokeToken: (_, id) =>
        Effect.flatMap(
          revoke((token) => token.id === id),
          (hit) =>
            hit === 0
              ? refuse(new OrganisationUnknown({}))
              : Effect.succeed({ id, revokedTimestamp: undefined })
        ),
      revokeAll: (organisation) => revoke((token) => token.organisation === organisation)
    }
  }

  return { weather, minted, delivered, underWay, mostAtOnce: () => most.atOnce, gatekeeperFor }
}
