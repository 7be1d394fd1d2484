import { brokerOn } from "./peers/onbehalf.ts"
import { life, tokenFor } from "./peer.ts"
import { middle } from "./warm.ts"

/** 10 000 callers on a cold key, the upstream twenty milliseconds away. Milliseconds of wall time, and how many requests there were. */
export interface StampedeFigures {
  readonly shared: number
  readonly onbehalf: number
  readonly requests: number
}

export const callers = 10_000

/** Milliseconds to the upstream and back. */
export const distance = 20

const travel = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, distance))

/** The limit: one promise, shared by hand; the upstream is asked through the same `fetch` and JSON. */
const sharedPromise = async (): Promise<number> => {
  let flight: Promise<string> | undefined
  const ask = async () => {
    await travel()
    const response = Response.json({ token: tokenFor("merchant") })
    return ((await response.json()) as { readonly token: string }).token
  }
  const began = performance.now()
  await Promise.all(Array.from({ length: callers }, async () => await (flight ??= ask())))
  return performance.now() - began
}

const stampede = async (): Promise<{ readonly time: number; readonly requests: number }> => {
  let requests = 0
  const broker = await brokerOn(life, () => {
    requests++
    return travel()
  })
  const merchant = await broker.forOrganisation("merchant", { scopes: ["admin"] })
  const began = performance.now()
  await Promise.all(Array.from({ length: callers }, async () => await merchant.token()))
  const time = performance.now() - began
  await broker.close()
  return { time, requests }
}

export const measureStampede = async (rounds: number): Promise<StampedeFigures> => {
  const seen = { shared: [] as Array<number>, onbehalf: [] as Array<number>, requests: 0 }
  for (let round = 0; round < rounds * 7; round++) {
    seen.shared.push(await sharedPromise())
    const { requests, time } = await stampede()
    seen.onbehalf.push(time)
    seen.requests = Math.max(seen.requests, requests)
  }
  return { shared: middle(seen.shared), onbehalf: middle(seen.onbehalf), requests: seen.requests }
}
