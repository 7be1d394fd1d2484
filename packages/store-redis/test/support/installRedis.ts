import { spawnSync } from "node:child_process"

const isThere = (): boolean => spawnSync("redis-server", ["--version"]).status === 0

/** Where it is missing, and this user may install it, on Debian or Ubuntu. */
export const setup = (): void => {
  if (isThere() || process.getuid?.() !== 0) return
  const options = {
    stdio: "ignore",
    timeout: 240_000,
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" }
  } as const
  spawnSync("apt-get", ["update"], options)
  spawnSync("apt-get", ["install", "--yes", "--no-install-recommends", "redis-server"], options)
  // The package starts a server of its own, which no test needs.
  spawnSync("service", ["redis-server", "stop"], options)
}

/** Why tests with a real Redis are skipped, for their names; `undefined`: they are not. */
export const missing: string | undefined = isThere()
  ? undefined
  : "skipped: install redis-server (apt-get install redis-server)"
