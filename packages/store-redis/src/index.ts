export type { PromiseClient, RedisCommand } from "./RedisDriver.ts"
export {
  fromClient,
  fromDriver,
  fromUrl,
  make,
  redisStore,
  type RedisClient,
  type RedisServer,
  type RedisStoreOptions,
  type TlsOptions
} from "./RedisStore.ts"
