import { chmod } from "node:fs/promises"
import { defineConfig, type Plugin, rolldown } from "rolldown"

const file = "dist/onbehalf.js"

/** The file store's thread has an entry of its own. In one file it is a text, which a worker can start from. */
const thread: Plugin = {
  name: "thread",
  transform: {
    filter: { id: /store-file\/src\/internal\/thread\.ts$/ },
    async handler(code, id) {
      const entry = id.replace(/thread\.ts$/, "writingThread.ts")
      const bundle = await rolldown({ input: entry, platform: "node" })
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

/** One file without dependencies, so that installing the CLI installs nothing else. */
export default defineConfig({
  input: "src/main.ts",
  platform: "node",
  output: { file, format: "esm", codeSplitting: false, minify: true },
  plugins: [thread, { name: "executable", writeBundle: () => chmod(file, 0o755) }]
})
