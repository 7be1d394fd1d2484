export type { Listener, PromiseClient, RedisCommand, RedisDriver } from "./RedisDriver.ts"
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
