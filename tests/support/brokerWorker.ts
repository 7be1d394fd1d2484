/** One process of many, told what to do by the test that started it. */
import { createTokenBroker, tieredStore, type GrantHandle, type StoreAdapter } from "@onbehalf/core"
import { fileStore } from "@onbehalf/store-file"
import { memoryStore } from "@onbehalf/store-memory"
import { redisStore } from "@onbehalf/store-redis"
import { serveTasks, settingsOf, sharedNow as now } from "./serveTasks.ts"

export interface Settings {
  /** What it shares with the others. */
  readonly shared: { readonly redis: string } | { readonly folder: string }
  readonly sealKey: string
  readonly nuapay: string
  readonly apiKey: string
}

export type Task =
  /** So many callers at once. */
  | { readonly do: "ask"; readonly merchant: string; readonly callers: number }
  /** The same after it has stood still for so many milliseconds, busy with something else. */
  | {
      readonly do: "stall"
      readonly merchant: string
      readonly callers: number
      readonly millis: number
    }
  /** Looks at what is in hand, again and again, until told to report. */
  | { readonly do: "watch"; readonly merchants: ReadonlyArray<string> }
  | { readonly do: "report" }
  | { readonly do: "revoke"; readonly merchant: string }

export interface Result {
  readonly asked?: { readonly ids: ReadonlyArray<string>; readonly at: ReadonlyArray<number> }
  /** When each merchant's first token was seen last. */
  readonly lastSeen?: Readonly<Record<string, number>>
  readonly revokedAt?: number
}

const settings = settingsOf<Settings>()

const farStore = ({ sealKey, shared }: Settings): StoreAdapter =>
  "redis" in shared
    ? redisStore({ url: shared.redis, sealKey, timeout: 5_000 })
    : fileStore({ directory: shared.folder, sealKey })

const broker = await createTokenBroker({
  apiKey: settings.apiKey,
  baseUrl: settings.nuapay,
  store: tieredStore({ near: memoryStore(), far: farStore(settings), timeout: 5_000 })
})

const handles = new Map<string, GrantHandle>()
const handleOf = async (merchant: string): Promise<GrantHandle> => {
  const handle =
    handles.get(merchant) ?? (await broker.forOrganisation(merchant, { scopes: ["admin"] }))
  handles.set(merchant, handle)
  return handle
}

const ask = async (merchant: string, callers: number): Promise<Result> => {
  const handle = await handleOf(merchant)
  const answers = await Promise.all(
    Array.from({ length: callers }, async () => {
      const { id } = await handle.token()
      return { id, at: now() }
    })
  )
  return {
    asked: { ids: [...new Set(answers.map(({ id }) => id))], at: answers.map(({ at }) => at) }
  }
}

/** What is in hand at the moment of waking counts as well. */
const stall = async (merchant: string, callers: number, millis: number): Promise<Result> => {
  const handle = await handleOf(merchant)
  const end = now() + millis
  while (now() < end);
  const inHand = handle.peek()?.id
  const { asked } = await ask(merchant, callers)
  const { at = [], ids = [] } = asked ?? {}
  return { asked: { at, ids: inHand === undefined ? ids : [inHand, ...ids] } }
}

let lastSeen: Record<string, number> = {}
let watching: NodeJS.Timeout | undefined

const watch = async (merchants: ReadonlyArray<string>): Promise<void> => {
  const watched = await Promise.all(
    merchants.map(async (merchant) => {
      const handle = await handleOf(merchant)
      return { merchant, handle, id: handle.peek()?.id }
    })
  )
  lastSeen = {}
  const look = () => {
    for (const { handle, id, merchant } of watched) {
      if (id !== undefined && handle.peek()?.id === id) lastSeen[merchant] = now()
    }
  }
  look()
  watching = setInterval(look, 1)
}

const work = async (task: Task): Promise<Result> => {
  switch (task.do) {
    case "ask":
      return ask(task.merchant, task.callers)
    case "stall":
      return stall(task.merchant, task.callers, task.millis)
    case "watch":
      await watch(task.merchants)
      return {}
    case "report":
      clearInterval(watching)
      return { lastSeen }
    case "revoke":
      await broker.revokeOrganisation(task.merchant)
      return { revokedAt: now() }
  }
}

serveTasks(work)
