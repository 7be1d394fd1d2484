/** Changelogs for readers: what changed, and which of our other packages a package now works with. No commit hashes. */
const changelog = {
  getReleaseLine: async ({ summary }) => `- ${summary.trim().replaceAll("\n", "\n  ")}`,
  getDependencyReleaseLine: async (_changesets, updated) =>
    updated.length === 0
      ? ""
      : `- Works with ${updated.map(({ name, newVersion }) => `${name} ${newVersion}`).join(", ")}`
}

export default changelog
