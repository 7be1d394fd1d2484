import KeyvRedis from "@keyv/redis"
import { createCache } from "async-cache-dedupe"
import { BentoCache, bentostore } from "bentocache"
import { redisDriver } from "bentocache/drivers/redis"
import { Redis } from "ioredis"
import { Keyv } from "keyv"
import { life } from "../work.ts"
import { keptFor, type Kept, type RedisReader } from "./reader.ts"

export const keyv: RedisReader = {
  name: "keyv",
  packageName: "keyv",
  open: (url) => {
    const kept = new Keyv<Kept>(new KeyvRedis(url), { namespace: "keyv" })
    return {
      put: (key, text) => kept.set(key, keptFor(key, text), life),
      get: async (key) => (await kept.get(key))?.token,
      close: () => kept.disconnect()
    }
  }
}

/** It has no other way to put than to be asked. */
export const asyncCacheDedupeRedis: RedisReader = {
  name: "async-cache-dedupe",
  packageName: "async-cache-dedupe",
  open: (url) => {
    const client = new Redis(url)
    const texts = new Map<string, string>()
    const cache = createCache({
      ttl: life / 1000,
      storage: { type: "redis", options: { client } }
    }).define("token", async (key: string): Promise<Kept> => keptFor(key, texts.get(key) ?? ""))
    return {
      put: async (key, text) => {
        texts.set(key, text)
        await cache.clear("token", key)
        await cache.token(key)
        texts.delete(key)
      },
      get: async (key) => (await cache.token(key)).token,
      close: () => client.disconnect()
    }
  }
}

export const bentoRedis: RedisReader = {
  name: "bentocache",
  packageName: "bentocache",
  open: (url) => {
    const connection = new Redis(url)
    const cache = new BentoCache({
      default: "redis",
      stores: { redis: bentostore().useL2Layer(redisDriver({ connection: connection as never })) }
    })
    return {
      put: (key, text) => cache.set({ key, value: keptFor(key, text), ttl: life }),
      get: async (key) => (await cache.get<Kept>({ key }))?.token,
      close: () => connection.disconnect()
    }
  }
}
