import { createClient } from "redis"
import { life } from "../work.ts"
import { keptFor, type Kept, type OpenReader, type RedisReader } from "./reader.ts"

const connect = async (url: string) => {
  const client = createClient({ url, commandOptions: { timeout: 0 } })
  await client.connect()
  return client
}

type Client = Awaited<ReturnType<typeof connect>>

const byHand = (
  name: string,
  read: (client: Client, key: string) => Promise<unknown>,
  write: (key: string, text: string) => string
): RedisReader => ({
  name,
  packageName: "redis",
  open: async (url): Promise<OpenReader> => {
    const client = await connect(url)
    return {
      put: async (key, text) => {
        await client.set(`${name}:{${key}}`, write(key, text), { PX: life })
        await client.set(`${name}:{${key}}:generation`, "1")
      },
      get: (key) => read(client, `${name}:{${key}}`),
      close: () => client.destroy()
    }
  }
})

const asJson = (key: string, text: string): string => JSON.stringify(keptFor(key, text))

/** What a read cannot do without. */
export const rawGet = byHand(
  "node-redis, GET",
  (client, key) => client.get(key),
  (_, text) => text
)

export const nodeRedisJson = byHand(
  "node-redis, GET + JSON.parse",
  async (client, key) => (JSON.parse((await client.get(key)) ?? "") as Kept).token,
  asJson
)

const script = `return {
  ARGV[1], redis.call('GET', KEYS[1]), redis.call('GET', KEYS[2]), redis.call('PTTL', KEYS[1])
}`

let questions = 0

/** The value, the generation and what is left of the life in one step, by whoever asked. Nothing is sealed. */
export const nodeRedisScript = byHand(
  "node-redis, EVALSHA + JSON.parse",
  async (client, key) => {
    const options = { keys: [key, `${key}:generation`], arguments: [String(questions++)] }
    const answer = (await client.evalSha(await shaOn(client), options)) as ReadonlyArray<string>
    return (JSON.parse(answer[1] ?? "") as Kept).token
  },
  asJson
)

const loaded = new WeakMap<Client, Promise<string>>()

const shaOn = (client: Client): Promise<string> => {
  const sha = loaded.get(client) ?? client.scriptLoad(script)
  loaded.set(client, sha)
  return sha
}
