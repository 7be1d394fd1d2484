/** How much of a life is left, as a bar. */

const width = 20

/** `part`: 0 … 1. */
export const lifeBar = (part: number): string => {
  const full = Math.round(Math.min(1, Math.max(0, part)) * width)
  return `[${"█".repeat(full)}${"░".repeat(width - full)}]`
}
