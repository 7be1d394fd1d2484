import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Ended, root, run } from "../support/process.ts"
import type { Mutation } from "./mutations.ts"

/** What a mutant needs of the house. */
const parts = [
  "packages/core/package.json",
  "packages/core/src",
  "packages/core/test/support/random.ts",
  "packages/store-memory/package.json",
  "packages/store-memory/src",
  "tests/simulation"
]

const links = {
  "node_modules/effect": join(root, "node_modules/effect"),
  "node_modules/lru-cache": join(root, "packages/store-memory/node_modules/lru-cache")
}

/** Runs the simulation on a copy of the house with one thing broken. */
export const runMutant = async (mutation: Mutation, seeds: number): Promise<Ended> => {
  const house = await mkdtemp(join(tmpdir(), "onbehalf-mutant-"))
  try {
    for (const part of parts) await cp(join(root, part), join(house, part), { recursive: true })
    await mkdir(join(house, "node_modules/@onbehalf"), { recursive: true })
    await writeFile(join(house, "package.json"), '{"type":"module"}')
    for (const name of ["core", "store-memory"]) {
      await symlink(join(house, "packages", name), join(house, "node_modules/@onbehalf", name))
    }
    for (const [name, target] of Object.entries(links)) await symlink(target, join(house, name))
    await mutate(join(house, mutation.file), mutation)
    const main = join(house, "tests/simulation/main.ts")
    return await run(process.execPath, [
      main,
      "--seeds",
      String(seeds),
      "--from",
      String(mutation.firstSeed ?? 1)
    ])
  } finally {
    await rm(house, { recursive: true })
  }
}

const mutate = async (file: string, { from, name, to }: Mutation): Promise<void> => {
  const text = await readFile(file, "utf8")
  if (!text.includes(from)) throw new Error(`nothing to break for: ${name}`)
  await writeFile(
    file,
    text.replace(from, () => to)
  )
}
