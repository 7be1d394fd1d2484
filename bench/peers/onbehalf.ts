import { createTokenBroker, type GrantHandle } from "@onbehalf/core"
import { memoryStore } from "@onbehalf/store-memory"
import { life, type Opened, type Peer, type Upstream } from "../peer.ts"

let minted = 0

/** Nuapay in process: an answer as it comes, with the text that the upstream gives. The id tells the expiry. */
export const answerFor = async (
  url: string,
  upstream: Upstream,
  seconds = life
): Promise<Response> => {
  const organisation = url.split("/").at(-2) ?? ""
  const accessToken = await upstream(organisation)
  const now = Date.now()
  const expiryTime = now + seconds * 1_000
  const data = {
    id: `${minted++}-${expiryTime}`,
    accessToken,
    tokenType: "BEARER",
    status: "ACTIVE",
    scopes: ["admin"],
    requestedOrganisation: organisation,
    createdTimestamp: now,
    expiryTime
  }
  return Response.json({ data }, { status: 201 })
}

/** A broker, with a handle for each key. */
export const handlesFor = async (
  keys: ReadonlyArray<string>,
  upstream: Upstream,
  expiresIn = life
): Promise<ReadonlyArray<GrantHandle>> => {
  const broker = await createTokenBroker({
    apiKey: "bench",
    environment: "sandbox",
    store: memoryStore(),
    fetch: (input) =>
      answerFor(input instanceof Request ? input.url : String(input), upstream, expiresIn)
  })
  const handles: Array<GrantHandle> = []
  for (const key of keys) {
    handles.push(await broker.forOrganisation(key, { scopes: ["admin"], expiresIn }))
  }
  return handles
}

type Use = (handle: GrantHandle | undefined) => unknown

/** As the others who have one object a merchant: the handle is looked up by the merchant's key. */
const byKey =
  (use: Use): Peer["open"] =>
  async (keys, upstream) => {
    const handles = await handlesFor(keys, upstream)
    const map = new Map(keys.map((key, index) => [key, handles[index]]))
    return filled(handles, (index) => use(map.get(keys[index] ?? "")))
  }

/** Where the caller keeps the merchant's handle at hand, and looks nothing up. */
const kept =
  (use: Use): Peer["open"] =>
  async (keys, upstream) => {
    const handles = await handlesFor(keys, upstream)
    return filled(handles, (index) => use(handles[index]))
  }

const filled = (handles: ReadonlyArray<GrantHandle>, get: Opened["get"]): Opened => ({
  get,
  fill: (index) => handles[index]?.token()
})

const packageName = "@onbehalf/core"

export const peers: ReadonlyArray<Peer> = [
  {
    name: "onbehalf peek, by key",
    packageName,
    onlyHolds: true,
    open: byKey((handle) => handle?.peek())
  },
  {
    name: "onbehalf peek, handle kept",
    packageName,
    onlyHolds: true,
    open: kept((handle) => handle?.peek())
  },
  {
    name: "onbehalf token(), by key",
    packageName,
    open: byKey((handle) => handle?.token())
  },
  {
    name: "onbehalf token(), handle kept",
    packageName,
    open: kept((handle) => handle?.token())
  }
]
