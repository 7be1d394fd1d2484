import * as Schema from "effect/Schema"
import type { Directory, SimulatedOrganisation } from "./Directory.ts"
import type { Seed } from "./internal/seed.ts"
import type { Settings } from "./Options.ts"

/** A key that can be sent: it is the user name of `Basic`, which ends at a colon. */
export const ApiKey = Schema.String.check(Schema.isPattern(/^[\x21-\x39\x3b-\x7e]{1,1024}$/))

/** The API keys of all organisations. They are fixtures, derived from the seed. */
export interface ApiKeys {
  /** The key of an organisation, as of now. */
  readonly of: (organisation: string) => string | undefined
  /** Whose key this is. */
  readonly owner: (key: string) => SimulatedOrganisation | undefined
  /** Gives the main partner a new key; the old one is dead at once. */
  readonly replace: (key: string) => void
}

/** Derives the keys; the main partner's is the `apiKey` option. */
export const makeApiKeys = (seed: Seed, directory: Directory, settings: Settings): ApiKeys => {
  const owners = new Map<string, SimulatedOrganisation>()
  const keys = new Map<string, string>()
  const assign = (organisation: SimulatedOrganisation, key: string) => {
    owners.delete(keys.get(organisation.id) ?? "")
    keys.set(organisation.id, key)
    owners.set(key, organisation)
  }
  for (const organisation of directory.all) {
    assign(
      organisation,
      Buffer.from(seed.bytes(`api key ${organisation.id}`))
        .toString("hex")
        .slice(0, 40)
    )
  }
  assign(directory.partner, settings.apiKey)
  return {
    of: (organisation) => keys.get(organisation),
    owner: (key) => owners.get(key),
    replace: (key) => assign(directory.partner, key)
  }
}
