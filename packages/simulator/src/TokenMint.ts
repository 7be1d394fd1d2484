import { createHash } from "node:crypto"
import type { OrganisationType, SimulatedOrganisation } from "./Directory.ts"
import { authorities } from "./internal/authorities.ts"
import type { Seed } from "./internal/seed.ts"
import { signJwt } from "./SigningKey.ts"

/** What a token is asked for. Times are epoch milliseconds of the server's clock. */
export interface MintRequest {
  readonly now: number
  readonly requested: SimulatedOrganisation
  readonly requesting: SimulatedOrganisation
  readonly scopes: ReadonlyArray<string>
  /** Life in seconds. */
  readonly expiresIn: number
  readonly ipFiltering: boolean
  /** Set for an application token only. */
  readonly application?: {
    readonly resourceId: string
    readonly products: ReadonlyArray<string>
  }
}

/** A token that was made. Its text is not kept: {@link tokenText} makes it again from these facts. */
export interface TokenRecord extends Omit<MintRequest, "now" | "expiresIn"> {
  /** The JWT's `jti`. */
  readonly id: string
  readonly created: number
  readonly expires: number
  readonly revoked: number | undefined
  /** SHA-256 of the text, which is all that is kept of it. */
  readonly digest: string
}

/** Why a token text does not open anything, or the token. */
export type Inspection =
  | { readonly outcome: "live"; readonly token: TokenRecord }
  | { readonly outcome: "expired" | "revoked" | "unknown" }

/** Makes, recognises and revokes tokens. Synchronous; the caller brings the time. */
export interface TokenMint {
  readonly mint: (request: MintRequest) => { readonly token: TokenRecord; readonly text: string }
  readonly inspect: (text: string, now: number) => Inspection
  readonly find: (id: string) => TokenRecord | undefined
  /** Revokes one token and returns it; a token revoked before keeps its first time. */
  readonly revoke: (id: string, now: number) => TokenRecord | undefined
  /** Revokes what is alive for an organisation and says how many that were. */
  readonly revokeAll: (organisation: string, now: number) => number
  /** The newest token made for any organisation but this one. */
  readonly latestOfAnother: (organisation: string) => TokenRecord | undefined
  /** How many tokens are alive. */
  readonly live: (now: number) => number
  readonly clear: () => void
}

/** Spent tokens are forgotten this long after their expiry, in milliseconds. */
export const forgottenAfter = 3_600_000
/** About so many tokens are remembered at most; the oldest go first. */
export const mostTokens = 50_000
const sweepEvery = 512

/** Letters of the access types: merchant, partner, partner group. */
export const accessType: Readonly<Record<OrganisationType, "CR" | "BN" | "BG">> = {
  MERCHANT: "CR",
  PARTNER: "BN",
  PARTNER_GROUP: "BG"
}

/** The RS256 JWT of a token, about 7 KB; the same record always gives the same text. */
export const tokenText = (token: Omit<TokenRecord, "digest">): string =>
  signJwt({
    ip_filtering: token.ipFiltering,
    aud: ["gk", "webhooks", "pi", "rms", "instant"],
    originator_org_id: token.requesting.id,
    user_id: token.requesting.id,
    user_name: "system",
    org_id: token.requested.id,
    scope: token.scopes,
    exp: Math.floor(token.expires / 1000),
    authorities,
    jti: token.id,
    client_id: "simulator"
  })

const digest = (text: string) => createHash("sha256").update(text).digest("base64")

const isLive = (token: TokenRecord, now: number) =>
  token.revoked === undefined && now < token.expires

/** Builds an empty mint whose ids follow from the seed; `most` is {@link mostTokens} by default. */
export const makeTokenMint = (seed: Seed, most: number = mostTokens): TokenMint => {
  const byId = new Map<string, TokenRecord>()
  const byDigest = new Map<string, string>()
  let made = 0

  const forget = (token: TokenRecord) => {
    byId.delete(token.id)
    byDigest.delete(token.digest)
  }

  const sweep = (now: number) => {
    for (const token of byId.values()) {
      if (token.expires + forgottenAfter < now || byId.size > most) forget(token)
    }
  }

  const revoke = (id: string, now: number) => {
    const token = byId.get(id)
    if (token === undefined || token.revoked !== undefined) return token
    const revoked = { ...token, revoked: now }
    byId.set(id, revoked)
    return revoked
  }

  return {
    mint: ({ expiresIn, now, ...facts }) => {
      made += 1
      if (made % sweepEvery === 0) sweep(now)
      const id = seed.uuid(`token ${made}`)
      const fresh = { ...facts, id, created: now, expires: now + expiresIn * 1000 }
      const text = tokenText({ ...fresh, revoked: undefined })
      const token = { ...fresh, revoked: undefined, digest: digest(text) }
      byId.set(id, token)
      byDigest.set(token.digest, id)
      return { token, text }
    },
    inspect: (text, now) => {
      const token = byId.get(byDigest.get(digest(text)) ?? "")
      if (token === undefined) return { outcome: "unknown" }
      if (token.revoked !== undefined) return { outcome: "revoked" }
      return now < token.expires ? { outcome: "live", token } : { outcome: "expired" }
    },
    find: (id) => byId.get(id),
    revoke,
    revokeAll: (organisation, now) => {
      const own = [...byId.values()].filter(
        (token) => token.requested.id === organisation && isLive(token, now)
      )
      for (const token of own) revoke(token.id, now)
      return own.length
    },
    latestOfAnother: (organisation) =>
      [...byId.values()].findLast((token) => token.requested.id !== organisation),
    live: (now) => [...byId.values()].filter((token) => isLive(token, now)).length,
    clear: () => {
      byId.clear()
      byDigest.clear()
    }
  }
}
