import { createClient } from "redis"

/** A lock as one writes it by hand: who has it fetches, the others are told through a channel. */
export const lockByHand = async (url: string, mint: (key: string) => Promise<string>) => {
  const client = createClient({ url, commandOptions: { timeout: 0 } })
  const listener = client.duplicate()
  await Promise.all([client.connect(), listener.connect()])
  const waiting = new Map<string, () => void>()
  await listener.subscribe("lock:changes", (key) => waiting.get(key)?.())

  const fetch = async (key: string): Promise<string> => {
    const told = new Promise<void>((resolve) => waiting.set(key, resolve))
    const held = await client.get(`lock:token:${key}`)
    if (held !== null) return held
    if ((await client.set(`lock:${key}`, "1", { NX: true, PX: 5_000 })) === null) {
      await told
      return (await client.get(`lock:token:${key}`)) ?? fetch(key)
    }
    const token = await mint(key)
    await client.multi().set(`lock:token:${key}`, token).publish("lock:changes", key).exec()
    return token
  }

  const under = new Map<string, Promise<string>>()
  return (key: string): Promise<string> => {
    const flight = under.get(key) ?? fetch(key)
    under.set(key, flight)
    return flight
  }
}
