import type { TokenKey } from "@onbehalf/core/TokenKey"

/** The keys of each owner. */
export interface OwnerIndex {
  readonly add: (key: TokenKey) => void
  readonly remove: (key: TokenKey) => void
  readonly textsOf: (owner: string) => ReadonlyArray<string>
}

/** Most owners have one token: its key alone, then. */
export const make = (): OwnerIndex => {
  const byOwner = new Map<string, string | Set<string>>()
  return {
    add: ({ owner, text }) => {
      const known = byOwner.get(owner)
      if (known === undefined) byOwner.set(owner, text)
      else if (typeof known === "string") byOwner.set(owner, new Set([known, text]))
      else known.add(text)
    },
    remove: ({ owner, text }) => {
      const known = byOwner.get(owner)
      if (known === text) byOwner.delete(owner)
      if (typeof known !== "object") return
      known.delete(text)
      if (known.size === 0) byOwner.delete(owner)
    },
    textsOf: (owner) => {
      const known = byOwner.get(owner)
      if (known === undefined) return []
      return typeof known === "string" ? [known] : [...known]
    }
  }
}
