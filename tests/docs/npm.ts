/** Stands for npm in code blocks: whether the package or the script that a page names exists. */
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"

const root = process.env["ONBEHALF_ROOT"] ?? ""
const read = (path: string) =>
  JSON.parse(readFileSync(join(root, path), "utf8")) as {
    readonly name: string
    readonly private?: boolean
    readonly scripts?: Readonly<Record<string, string>>
  }

const [command = "", ...rest] = process.argv.slice(2)
const published = globSync(["packages/*/package.json", "apps/*/package.json"], { cwd: root })
  .map(read)
  .filter((one) => one.private !== true)
  .map((one) => one.name)
const others = ["@types/express", "@types/node", "effect", "express", "ioredis", "redis", "vitest"]

const unknown =
  command === "install"
    ? rest.filter((word) => !word.startsWith("-") && ![...published, ...others].includes(word))
    : read("package.json").scripts?.[command] === undefined
      ? [command]
      : []

if (unknown.length > 0) {
  process.stderr.write(`there is no ${unknown.join(", ")}\n`)
  process.exit(1)
}
