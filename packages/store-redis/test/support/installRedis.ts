import { spawnSync } from "node:child_process"

const isThere = (): boolean => spawnSync("redis-server", ["--version"]).status === 0

/** Installs Redis where it is missing and this user may, on Debian or Ubuntu; else says what to do. */
export const setup = (): void => {
  if (!isThere() && process.getuid?.() === 0) install()
  if (!isThere()) process.stderr.write(`tests with a real Redis are ${hint}\n`)
}

const install = (): void => {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" }
  const options = { stdio: "ignore", timeout: 240_000, env } as const
  spawnSync("apt-get", ["update"], options)
  spawnSync("apt-get", ["install", "--yes", "--no-install-recommends", "redis-server"], options)
  // The package starts a server of its own, which no test needs.
  spawnSync("service", ["redis-server", "stop"], options)
}

const hint = "skipped: install redis-server (apt-get install redis-server)"

/** Why tests with a real Redis are skipped, for their names; `undefined`: they are not. */
export const missing: string | undefined = isThere() ? undefined : hint
