/** What a package adds to a bundle: all of it, minified, without its dependencies; and what is left of that when it is compressed (gzip). */
import { globSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { gzipSync } from "node:zlib"
import { rolldown } from "rolldown"
import { entries, type Published } from "../../api/report.ts"
import { root } from "../../support/process.ts"

/** In bytes. */
export interface Size {
  readonly minified: number
  readonly compressed: number
}

/** The most that each may be: what it is, and a little room. The program has all that it needs. Core's is explained in decision 11. */
export const budgets: Readonly<Record<string, Size>> = {
  "@onbehalf/cli": { minified: 900_000, compressed: 300_000 },
  "@onbehalf/core": { minified: 78_500, compressed: 27_500 },
  "@onbehalf/express": { minified: 20_100, compressed: 8_000 },
  "@onbehalf/simulator": { minified: 48_000, compressed: 18_500 },
  "@onbehalf/store-file": { minified: 24_000, compressed: 9_000 },
  "@onbehalf/store-memory": { minified: 4_000, compressed: 2_000 },
  "@onbehalf/store-redis": { minified: 27_500, compressed: 10_000 },
  "@onbehalf/store-testkit": { minified: 32_000, compressed: 10_000 }
}

export const sizeOf = async (one: Published): Promise<Size> => {
  const code = one.manifest.bin === undefined ? await bundled(one) : program(one)
  return { minified: Buffer.byteLength(code), compressed: gzipSync(code, { level: 9 }).byteLength }
}

/** Every file of a program that is bundled already. */
const program = ({ folder, manifest }: Published): string => {
  const [file = ""] = Object.values(manifest.bin ?? {})
  const cwd = join(root, folder, dirname(file))
  return globSync("*.{js,cjs}", { cwd })
    .map((part) => readFileSync(join(cwd, part), "utf8"))
    .join("\n")
}

/** Every entry of a library, what they share once. */
const bundled = async (one: Published): Promise<string> => {
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
  return output.flatMap((part) => (part.type === "chunk" ? part.code : [])).join("\n")
}
