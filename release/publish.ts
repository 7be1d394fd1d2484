/**
 * `node release/publish.ts <folder>`: gives the registry those tarballs of `release:pack` whose versions it does not have, with the hosted CI's
 * identity instead of a token. It needs Node and npm alone, because nothing that others wrote should run with that identity. pnpm packs and npm
 * publishes: only the one writes the published form of `exports` and of our own ranges. Further arguments are npm's.
 */
import { execFile } from "node:child_process"
import { join, resolve } from "node:path"
import { promisify } from "node:util"
import { tarballs } from "./pack.ts"
import type { Releasable } from "./versions.ts"

const run = promisify(execFile)

/** Nothing is known of a version that is not there; any other failure ends the release. */
const isPublished = async ({ name, version }: Releasable): Promise<boolean> => {
  try {
    await run("npm", ["view", `${name}@${version}`, "version"], { timeout: 180_000 })
    return true
  } catch (error) {
    if (String((error as { stderr?: string }).stderr).includes("E404")) return false
    throw error
  }
}

const [folder = "tarballs", ...further] = process.argv.slice(2)
for (const one of tarballs(join(import.meta.dirname, ".."), resolve(folder))) {
  const known = await isPublished(one)
  if (!known) {
    const args = ["publish", one.tarball, "--access", "public", ...further]
    await run("npm", args, { timeout: 120_000 })
  }
  console.log(`${one.name} ${one.version} ${known ? "was there" : "published"}`)
}
