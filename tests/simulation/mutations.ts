/** Ways to break the broker on purpose. For each a seed must fail: else the simulation proves nothing. */
export interface Mutation {
  readonly name: string
  /** What breach must be found; 0: a defect. */
  readonly breaks: number | "thrift"
  readonly file: string
  readonly from: string
  readonly to: string
  /** Where to begin, for what few seeds come by. Default: 1. */
  readonly firstSeed?: number
}

const core = "packages/core/src"
const memory = "packages/store-memory/src"

export const mutations: ReadonlyArray<Mutation> = [
  {
    name: "the organisation is no part of the key",
    breaks: 1,
    file: `${core}/TokenKey.ts`,
    from: 'organisation === undefined ? "own" : `@${organisation}`',
    to: '"anyone"'
  },
  {
    name: "the scopes are no part of the key",
    breaks: 1,
    file: `${core}/TokenKey.ts`,
    from: '["scopes", String(grant.expiresIn), ...grant.scopes]',
    to: '["scopes", String(grant.expiresIn)]'
  },
  {
    name: "a token of another organisation is not noticed",
    breaks: 1,
    file: `${core}/internal/knownTokens.ts`,
    from: "if ((keys.get(token.id)?.owner ?? key.owner) !== key.owner) return false",
    to: "if (keys.has(token.id) || owners.has(mark)) return true"
  },
  {
    name: "which token was seen for whom is soon forgotten",
    breaks: 1,
    file: `${core}/internal/knownTokens.ts`,
    from: "export const make = (maximum: number): KnownTokens => {",
    to: "export const make = (maximum: number): KnownTokens => {\n  maximum = 2"
  },
  {
    name: "the limit is the end",
    breaks: 2,
    file: `${core}/Lifetime.ts`,
    from: "limit: issued + life - margin(life)",
    to: "limit: issued + life * 1.2"
  },
  {
    name: "life is counted from the arrival, not from the sending",
    breaks: 2,
    file: `${core}/internal/acquisition.ts`,
    from: "Lifetime.make(sent, life, yield* Random.next)",
    to: "Lifetime.make(self.now(), life, yield* Random.next)"
  },
  {
    name: "minimumValidity is not looked at",
    breaks: 2,
    file: `${core}/Lifetime.ts`,
    from: "now + minimumValidity < self.limit",
    to: "now < self.limit"
  },
  {
    name: "neither the generation nor the flights are asked about revocations",
    breaks: 3,
    file: `${core}/internal/acquisition.ts`,
    from: 'if (flight.overtaken || (yield* kept) === "superseded" || flight.overtaken) {',
    to: "if ((yield* kept) === undefined) {",
    firstSeed: 700
  },
  {
    name: "a store forgets which owners were revoked",
    breaks: 3,
    file: `${memory}/Generations.ts`,
    from: "generation < (revokedAt.get(owner) ?? floor)",
    to: "generation < 0"
  },
  {
    name: "a revocation leaves the tokens in the store",
    breaks: 3,
    file: `${memory}/OwnedTokens.ts`,
    from: "for (const text of texts) remove(text)",
    to: ""
  },
  {
    name: "the near tier is trusted whatever the feed does",
    breaks: 3,
    file: `${core}/TieredStore.ts`,
    from: "held !== undefined && trust.isTrusted(key.text) ? held : undefined",
    to: "held"
  },
  {
    name: "the near tier does not listen to revocations",
    breaks: 3,
    file: `${core}/TieredStore.ts`,
    from: "return Effect.ignore(near.revoke(change.owner))",
    to: "return Effect.void"
  },
  {
    name: "a process forgets what it revoked while the store was out of reach",
    breaks: 3,
    file: `${core}/internal/tombstones.ts`,
    from: "return buried !== undefined && lifetime.issued <= buried",
    to: "return false",
    firstSeed: 600
  },
  {
    name: "nothing is dropped after the upstream has revoked",
    breaks: 3,
    file: `${core}/internal/revocation.ts`,
    from: "const dropped = yield* Effect.exit(here)",
    to: "const dropped = Effect.void"
  },
  {
    name: "every caller has a flight of its own",
    breaks: 4,
    file: `${core}/internal/flights.ts`,
    from: "if (under !== undefined) {",
    to: "if (under !== undefined && under.overtaken) {",
    firstSeed: 47
  },
  {
    name: "no lease is asked for",
    breaks: 4,
    file: `${core}/internal/acquisition.ts`,
    from: "const lease = yield* self.store.lease(key, self.deadline / 2)",
    to: "const lease: { fence: number } | undefined = { fence: 1 }"
  },
  {
    name: "a token is due at the same part of its life for all",
    breaks: "thrift",
    file: `${core}/Lifetime.ts`,
    from: "renewal: issued + life * (earliestRenewal + renewalSpread * random)",
    to: "renewal: issued + life * 0.7"
  },
  {
    name: "nobody looks again after the lease",
    breaks: "thrift",
    file: `${core}/internal/acquisition.ts`,
    from: "const recent = flight.ahead ? seen : undefined",
    to: "const recent = seen"
  },
  {
    name: "a flight's failure reaches nobody",
    breaks: 8,
    file: `${core}/internal/flights.ts`,
    from: "Deferred.doneUnsafe(flight.result, exit)",
    to: 'if (exit._tag === "Success") Deferred.doneUnsafe(flight.result, exit)'
  }
]
