import { afterAll, describe, it } from "@effect/vitest"
import { missing } from "./installRedis.ts"

const skip = (name: string, why: string) =>
  describe(name, () => {
    it.skip(why, () => undefined)
  })

/**
 * Tests with real servers, which the whole file shares. Where there is no Redis they are seen to be skipped, with
 * what to do about it.
 */
export const withRedis = async <A extends { readonly stop: () => Promise<void> }>(
  name: string,
  start: () => Promise<A>,
  tests: (servers: A) => void
): Promise<void> => {
  if (missing !== undefined) {
    skip(name, missing)
    return
  }
  const servers = await start()
  describe(name, () => {
    afterAll(servers.stop)
    tests(servers)
  })
}
