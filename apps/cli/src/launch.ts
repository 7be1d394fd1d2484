/** In place of `run.ts` where it is bundled: the program, with what is compiled of it already. */
import { readFileSync, statSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import process from "node:process"
import { Script } from "node:vm"
import packageJson from "../package.json" with { type: "json" }
import { codeCache } from "./codeCache.ts"

const path = join(import.meta.dirname, "program.cjs")
const { mtimeMs, size } = statSync(path)
const [command = ""] = process.argv.slice(2)
const cache = codeCache(
  `${packageJson.version}-${size}-${Math.trunc(mtimeMs)}-${process.version}-${process.arch}`,
  /^[a-z]+$/.test(command) ? command : "other"
)

const parameters = "exports, require, module, __filename, __dirname"
const script = new Script(`(function (${parameters}) {${readFileSync(path, "utf8")}\n})`, {
  filename: path,
  cachedData: cache.code
})
const module = { exports: {} }
script.runInThisContext()(module.exports, createRequire(path), module, path, import.meta.dirname)

if (cache.code === undefined || script.cachedDataRejected === true) {
  process.on("exit", (code) => {
    // Of a run that came to its end; a mistyped command is none.
    if (code === 0) cache.keep(script.createCachedData())
  })
}
