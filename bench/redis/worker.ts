/** One process of many that share a Redis. Its Nuapay is in process: each counts its own requests. */
import { createTokenBroker, tieredStore, type GrantHandle } from "@onbehalf/core"
import { memoryStore } from "@onbehalf/store-memory"
import { redisStore } from "@onbehalf/store-redis"
import { setTimeout as sleep } from "node:timers/promises"
import { serveTasks, settingsOf, sharedNow as now } from "../../tests/support/serveTasks.ts"
import { lockByHand } from "./lock.ts"
import type { Result, Settings, Task } from "./tasks.ts"
import { mintText } from "../work.ts"
import { sealKey } from "./onbehalf.ts"

const settings = settingsOf<Settings>()

let requests = 0

const mint = async (organisation: string): Promise<string> => {
  const id = `${organisation}-${process.pid}-${requests++}`
  await sleep(settings.upstream)
  return id
}

const answer = async (input: string | URL | Request): Promise<Response> => {
  const url = input instanceof Request ? input.url : String(input)
  const path = url.split("/")
  if (path.at(-1) === "revoke") return Response.json({ data: { revokedTokensCount: 1 } })
  const organisation = path.at(-2) ?? ""
  const id = await mint(organisation)
  const created = Date.now()
  const data = {
    id,
    accessToken: mintText(id),
    tokenType: "BEARER",
    status: "ACTIVE",
    scopes: ["admin"],
    requestedOrganisation: organisation,
    createdTimestamp: created,
    expiryTime: created + settings.life
  }
  return Response.json({ data }, { status: 201 })
}

const broker = await createTokenBroker({
  apiKey: "bench",
  environment: "sandbox",
  expiresIn: settings.life / 1000,
  store: tieredStore({
    near: memoryStore(),
    far: redisStore({ url: settings.redis, sealKey, timeout: 5_000 }),
    timeout: 5_000
  }),
  fetch: answer
})

const handles = new Map<string, GrantHandle>()
const handleOf = async (merchant: string): Promise<GrantHandle> => {
  const handle =
    handles.get(merchant) ?? (await broker.forOrganisation(merchant, { scopes: ["admin"] }))
  handles.set(merchant, handle)
  return handle
}

const byLock = await lockByHand(settings.redis, mint)

const ask = async (task: Task & { readonly do: "ask" }): Promise<Result> => {
  const handle = await handleOf(task.merchant)
  const get = (): Promise<unknown> => (task.by === "lock" ? byLock(task.merchant) : handle.token())
  while (now() < task.at) await sleep(task.at - now() > 2 ? 1 : 0)
  const before = requests
  await Promise.all(Array.from({ length: task.callers }, get))
  return { ended: now(), requests: requests - before }
}

let lastSeen: Record<string, number> = {}
let watching: NodeJS.Timeout | undefined

const watch = async (merchants: ReadonlyArray<string>): Promise<void> => {
  const watched = await Promise.all(
    merchants.map(async (merchant) => {
      const handle = await handleOf(merchant)
      return { merchant, handle, id: (await handle.token()).id }
    })
  )
  lastSeen = {}
  watching = setInterval(() => {
    for (const { handle, id, merchant } of watched) {
      if (handle.peek()?.id === id) lastSeen[merchant] = now()
    }
  }, 1)
}

/** Milliseconds between two slices of the work. */
const tick = 20

/** Does a slice at each tick from that moment on. */
const paced = async (
  at: number,
  seconds: number,
  slice: (index: number, slices: number) => void
): Promise<void> => {
  const slices = (seconds * 1_000) / tick
  for (let index = 0; index < slices; index++) {
    slice(index, slices)
    await sleep(Math.max(0, at + (index + 1) * tick - now()))
  }
}

/** Each merchant once a second: at first few of them, later all. */
const keepAlive = async (task: Task & { readonly do: "keep" }): Promise<Result> => {
  const held = await Promise.all(task.merchants.map(handleOf))
  let refused = 0
  const askFor = (handle: GrantHandle): void => {
    handle.token().catch(() => refused++)
  }
  const demand = async (start: number, seconds: number): Promise<number> => {
    let waited = 0
    await paced(task.at + start * 1_000, seconds, (index, slices) => {
      const stride = slices / seconds
      const first = (index + Math.floor(stride * task.phase)) % stride
      const grown = Math.min(1, (start + index / stride) / task.growing)
      for (let at = first; at < held.length * grown; at += stride) {
        const handle = held[at]
        if (handle === undefined) continue
        if (handle.peek() === undefined) waited++
        askFor(handle)
      }
    })
    return waited
  }
  await demand(0, task.growing + task.warmUp)
  const [before, cpu] = [requests, process.cpuUsage()]
  refused = 0
  const waited = await demand(task.growing + task.warmUp, task.seconds)
  const { system, user } = process.cpuUsage(cpu)
  const { heapUsed, rss } = process.memoryUsage()
  return {
    requests: requests - before,
    waited,
    refused,
    cpu: (system + user) / 1e6 / task.seconds,
    heapUsed,
    rss
  }
}

const work = async (task: Task): Promise<Result> => {
  switch (task.do) {
    case "ask":
      return ask(task)
    case "watch":
      await watch(task.merchants)
      return {}
    case "report":
      clearInterval(watching)
      return { lastSeen }
    case "revoke":
      await broker.revokeOrganisation(task.merchant)
      return { ended: now() }
    case "keep":
      return keepAlive(task)
  }
}

serveTasks(work)
