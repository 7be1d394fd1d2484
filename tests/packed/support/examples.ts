/** The folders of `examples/` as files of a stranger's project. */
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { root } from "../../support/process.ts"

export const exampleFiles = (): Readonly<Record<string, string>> => {
  const names = [
    "express-memory",
    "express-redis",
    "effect-service",
    "shell",
    "test-with-simulator"
  ]
  const paths = names.flatMap((name) => globSync(`examples/${name}/*.{ts,sh}`, { cwd: root }))
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(root, path), "utf8")]))
}
