import { createTokenBroker, type GrantHandle } from "@onbehalf/core"
import { memoryStore } from "@onbehalf/store-memory"
import { life, type Peer, tokenFor } from "../peer.ts"

/** Nuapay in process: mints whatever it is asked for. */
export const answer = (organisation: string, milliseconds: number): Response => {
  const now = Date.now()
  return Response.json(
    {
      data: {
        id: `id-${organisation}-${minted++}`,
        accessToken: tokenFor(organisation),
        tokenType: "BEARER",
        status: "ACTIVE",
        scopes: ["admin"],
        requestedOrganisation: organisation,
        createdTimestamp: now,
        expiryTime: now + milliseconds
      }
    },
    { status: 201 }
  )
}

let minted = 0

export const brokerOn = (
  milliseconds: number,
  onRequest: () => Promise<void> = () => Promise.resolve()
) =>
  createTokenBroker({
    apiKey: "bench",
    environment: "sandbox",
    store: memoryStore(),
    fetch: async (input) => {
      await onRequest()
      const path = new Request(input).url.split("/")
      return answer(path.at(-2) ?? "", milliseconds)
    }
  })

const made = new WeakMap<ReadonlyArray<string>, Promise<ReadonlyArray<GrantHandle>>>()

/** One broker for both ways of asking. */
const handles = (keys: ReadonlyArray<string>): Promise<ReadonlyArray<GrantHandle>> => {
  const known = made.get(keys) ?? makeHandles(keys)
  made.set(keys, known)
  return known
}

const makeHandles = async (keys: ReadonlyArray<string>): Promise<ReadonlyArray<GrantHandle>> => {
  const broker = await brokerOn(life)
  const all = await Promise.all(
    keys.map((key) => broker.forOrganisation(key, { scopes: ["admin"] }))
  )
  for (const handle of all) await handle.token()
  return all
}

export const onbehalfPeek: Peer = {
  name: "onbehalf peek",
  packageName: "@onbehalf/core",
  largest: Number.POSITIVE_INFINITY,
  prepare: async (keys) => {
    const all = await handles(keys)
    return (index) => all[index]?.peek()
  }
}

export const onbehalfToken: Peer = {
  name: "onbehalf token()",
  packageName: "@onbehalf/core",
  largest: Number.POSITIVE_INFINITY,
  prepare: async (keys) => {
    const all = await handles(keys)
    return async (index) => await all[index]?.token()
  }
}
