/**
 * `pnpm release`: packs what is published and gives the registry the versions that it does not have. pnpm packs, because it alone
 * writes the published form of `exports` and of our own ranges; npm publishes, with the hosted CI's identity instead of a token.
 * Further arguments are npm's.
 */
import { execFile } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { pack, type Packed } from "./pack.ts"

const run = promisify(execFile)
const repository = join(import.meta.dirname, "..")

/** Nothing is known of a version that is not there; any other failure ends the release. */
const isPublished = async ({ name, version }: Packed): Promise<boolean> => {
  try {
    await run("npm", ["view", `${name}@${version}`, "version"], { timeout: 60_000 })
    return true
  } catch (error) {
    if (String((error as { stderr?: string }).stderr).includes("E404")) return false
    throw error
  }
}

const folder = await mkdtemp(join(tmpdir(), "onbehalf-release-"))
try {
  for (const packed of await pack(repository, folder)) {
    const known = await isPublished(packed)
    if (!known) {
      const args = ["publish", packed.tarball, "--access", "public", ...process.argv.slice(2)]
      await run("npm", args, { timeout: 120_000 })
    }
    console.log(`${packed.name} ${packed.version} ${known ? "was there" : "published"}`)
  }
} finally {
  await rm(folder, { recursive: true })
}
