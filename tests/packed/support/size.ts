/** What a package adds to a bundle: all of it, minified, without its dependencies. */
import { globSync, statSync } from "node:fs"
import { dirname, join } from "node:path"
import { rolldown } from "rolldown"
import { entries, type Published } from "../../api/report.ts"
import { root } from "../../support/process.ts"

/** The most that each may be, in bytes: what it is, and a little room. The program has all that it needs. */
export const budgets: Readonly<Record<string, number>> = {
  "@onbehalf/cli": 900_000,
  "@onbehalf/core": 76_000,
  "@onbehalf/express": 19_000,
  "@onbehalf/simulator": 48_000,
  "@onbehalf/store-file": 24_000,
  "@onbehalf/store-memory": 4_000,
  "@onbehalf/store-redis": 26_000,
  "@onbehalf/store-testkit": 32_000
}

/** In bytes. */
export const sizeOf = async (one: Published): Promise<number> => {
  const [program] = Object.values(one.manifest.bin ?? {})
  if (program !== undefined) {
    const parts = globSync("*.{js,cjs}", { cwd: join(root, one.folder, dirname(program)) })
    const sizes = parts.map((part) => statSync(join(root, one.folder, dirname(program), part)).size)
    return sizes.reduce((sum, size) => sum + size, 0)
  }
  const input = [...entries(one).values()].map((file) =>
    join(root, file.replace(/\.d\.ts$/, ".js"))
  )
  const bundle = await rolldown({
    input,
    external: (name) => !name.startsWith(".") && !name.startsWith("/"),
    logLevel: "silent"
  })
  const { output } = await bundle.generate({ format: "esm", minify: true })
  await bundle.close()
  return output.reduce((sum, part) => sum + (part.type === "chunk" ? part.code.length : 0), 0)
}
