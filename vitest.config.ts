import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["{packages,apps,examples}/*/test/**/*.test.ts", "{tests,bench}/**/*.test.ts"],
    reporters: ["default", "./tests/closingLine.ts"],
    testTimeout: 30_000
  }
})
