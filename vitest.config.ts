import { availableParallelism } from "node:os"
import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["{packages,apps,examples}/*/test/**/*.test.ts", "{tests,bench}/**/*.test.ts"],
    reporters: ["default", "./tests/closingLine.ts"],
    globalSetup: [
      "apps/cli/test/support/build.ts",
      "packages/store-redis/test/support/installRedis.ts"
    ],
    testTimeout: 30_000,
    // Most of the waiting is for child processes: one worker a core leaves a small machine idle.
    maxWorkers: Math.max(3, availableParallelism())
  }
})
