import type { Reporter, TestModule } from "vitest/node"

/** Ends a run with the one line that continuous integration reads: `N passed, N failed, N skipped`. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>, errors: ReadonlyArray<unknown>): void {
    const count = { passed: 0, failed: errors.length, skipped: 0, pending: 0 }
    for (const module of modules) {
      const failed = count.failed
      for (const test of module.children.allTests()) count[test.result().state]++
      // A file or a hook that fails leaves its tests skipped: that is a failure, too.
      if (module.state() === "failed" && count.failed === failed) count.failed++
    }
    const skipped = count.skipped + count.pending
    process.stdout.write(`\n${count.passed} passed, ${count.failed} failed, ${skipped} skipped\n`)
  }
}
