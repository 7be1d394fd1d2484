import { chmod } from "node:fs/promises"
import { isBuiltin } from "node:module"
import { fileURLToPath } from "node:url"
import { defineConfig, type Plugin } from "rolldown"
import { licences } from "./licences.config.ts"

const entry = "dist/onbehalf.js"

const builtin = "\0builtin:"

/**
 * Node's own modules, when they are used: a program imports them all before it begins. `node:process` is there
 * already, and importing it opens stdin, stdout and stderr.
 */
const lazyBuiltins: Plugin = {
  name: "lazy-builtins",
  resolveId(source) {
    const name = source.replace(/^node:/, "")
    // The bundler's own code imports `node:module`, before there is anything that could wait.
    return isBuiltin(name) && name !== "module" ? `${builtin}${name}` : null
  },
  load(id) {
    if (!id.startsWith(builtin)) return null
    const name = id.slice(builtin.length)
    const value = name === "process" ? name : `process.getBuiltinModule(${JSON.stringify(name)})`
    return `module.exports = ${value}`
  }
}

const segmenter = 'new Intl.Segmenter(undefined, { granularity: "grapheme" })'

/** Effect makes one at its load, which takes a tenth of a run, and uses it for help alone. */
const lazySegmenter: Plugin = {
  name: "lazy-segmenter",
  transform: {
    filter: { id: /\/effect\/dist\/cli\/CliOutput\.js$/ },
    handler(code) {
      const found = /new Intl\.Segmenter\(undefined, \{\s*granularity: "grapheme"\s*\}\)/
      if (!found.test(code)) throw new Error("effect makes its segmenter in another way")
      const lazy = `{ segment: (text) => (cached ??= ${segmenter}).segment(text) }`
      // As many lines as before, so that the source map of the rest holds.
      const changed = code.replace(found, (was) => lazy + was.replaceAll(/[^\n]/g, ""))
      return { code: `${changed}\nlet cached`, map: null }
    }
  }
}

/** What is answered at once is a file of its own: reading the whole program takes longer than Node's own start. */
const apart: Plugin = {
  name: "apart",
  resolveId: (source) =>
    source === "./run.ts" ? fileURLToPath(new URL("src/launch.ts", import.meta.url)) : null
}

/** Modules are evaluated when they are imported, and those of a command when the command is. */
const inOneFile = {
  codeSplitting: false,
  minify: true,
  // Names and lines for who reads a stack trace; with the sources' text it would be five megabytes more.
  sourcemap: true,
  sourcemapExcludeSources: true,
  strictExecutionOrder: true
} as const

/** Or each function that a module of Node's has would be asked for. */
const treeshake = { propertyReadSideEffects: false } as const

/** Two files without dependencies, so that installing the CLI installs nothing else. */
export default defineConfig([
  {
    input: "src/main.ts",
    platform: "node",
    output: { file: entry, format: "esm", ...inOneFile },
    treeshake,
    // It says itself which Node it needs: an older one must be able to read it.
    transform: { target: "node16" },
    plugins: [apart, lazyBuiltins, { name: "executable", writeBundle: () => chmod(entry, 0o755) }]
  },
  {
    input: "src/run.ts",
    platform: "node",
    output: {
      file: "dist/program.cjs",
      // A script: of a module V8 keeps no more than what is compiled at its load.
      format: "cjs",
      // What is installed beside: a script of this kind may import nothing without a warning of Node's.
      dynamicImportInCjs: false,
      ...inOneFile
    },
    // Most of it is not run in most runs: it should not be compiled either.
    optimization: { pifeForModuleWrappers: false },
    // The address of a thread that is not started here.
    checks: { emptyImportMeta: false },
    // Half a megabyte for those few who keep tokens in Redis: they install it beside.
    external: ["redis"],
    treeshake,
    plugins: [lazyBuiltins, lazySegmenter, licences]
  }
])
