import { chmod } from "node:fs/promises"
import { defineConfig, type Plugin, rolldown } from "rolldown"
import { licences } from "./licences.config.ts"

const entry = "dist/onbehalf.js"

/** The file store's thread has an entry of its own. In one file it is a text, which a worker can start from. */
const thread: Plugin = {
  name: "thread",
  transform: {
    filter: { id: /store-file\/src\/internal\/thread\.ts$/ },
    async handler(code, id) {
      const input = id.replace(/thread\.ts$/, "writingThread.ts")
      const bundle = await rolldown({ input, platform: "node" })
      const { output } = await bundle.generate({
        format: "esm",
        codeSplitting: false,
        minify: true
      })
      const url = `data:text/javascript,${encodeURIComponent(output[0].code)}`
      const besideThis = "new URL(`./writingThread${extension}`, import.meta.url)"
      if (!code.includes(besideThis)) throw new Error("the thread's entry is named in another way")
      return code.replace(besideThis, () => `new URL(${JSON.stringify(url)})`)
    }
  }
}

/** Heavy ones, which few commands use. */
const heavy = new Set(["http", "https", "tls", "dns/promises", "zlib", "readline"])

const builtin = "\0builtin:"

/** Imports of Node's own modules are hoisted: each run would load them all. Asked for, they come when they are used. */
const lazyBuiltins: Plugin = {
  name: "lazy-builtins",
  resolveId(source) {
    const name = source.replace(/^node:/, "")
    return heavy.has(name) ? `${builtin}node:${name}` : null
  },
  async load(id) {
    if (!id.startsWith(builtin)) return null
    const name = id.slice(builtin.length)
    const names = Object.keys((await import(name)) as object).filter((each) => each !== "default")
    return [
      `const builtin = process.getBuiltinModule(${JSON.stringify(name)})`,
      "export default builtin",
      ...names.map((each) => `export const ${each} = builtin.${each}`)
    ].join("\n")
  }
}

/** What is answered at once is a file of its own: reading the whole program takes longer than Node's own start. */
const apart: Plugin = {
  name: "apart",
  resolveId: (source) => (source === "./run.ts" ? { id: "./program.js", external: true } : null)
}

const output = (file: string) =>
  ({ file, format: "esm", codeSplitting: false, minify: true }) as const

/** Two files without dependencies, so that installing the CLI installs nothing else. */
export default defineConfig([
  {
    input: "src/main.ts",
    platform: "node",
    output: output(entry),
    plugins: [apart, { name: "executable", writeBundle: () => chmod(entry, 0o755) }]
  },
  {
    input: "src/run.ts",
    platform: "node",
    output: output("dist/program.js"),
    // Most of it is not run in most runs: it should not be compiled either.
    optimization: { pifeForModuleWrappers: false },
    // Half a megabyte for those few who keep tokens in Redis: they install it beside.
    external: ["redis"],
    treeshake: { propertyReadSideEffects: false },
    plugins: [thread, lazyBuiltins, licences]
  }
])
