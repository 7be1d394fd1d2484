import { chmod } from "node:fs/promises"
import { defineConfig } from "rolldown"

const file = "dist/onbehalf.js"

/** One file without dependencies, so that installing the CLI installs nothing else. */
export default defineConfig({
  input: "src/main.ts",
  platform: "node",
  output: { file, format: "esm", codeSplitting: false, minify: true },
  plugins: [{ name: "executable", writeBundle: () => chmod(file, 0o755) }]
})
