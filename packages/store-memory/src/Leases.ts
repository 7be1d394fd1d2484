import type { Lease } from "@onbehalf/core/TokenStore"

/** Who may fetch what, within this process. A lease ends by itself when its time is over. */
export interface Leases {
  readonly take: (text: string, atMost: number) => Lease | undefined
  /** Does nothing when another has taken the key since. */
  readonly release: (text: string, lease: Lease) => void
}

/** @param now monotonic milliseconds */
export const make = (now: () => number, onReleased: (text: string) => void): Leases => {
  const held = new Map<string, { readonly fence: number; readonly until: number }>()
  let fence = 0
  return {
    take: (text, atMost) => {
      const holder = held.get(text)
      if (holder !== undefined && holder.until > now()) return undefined
      fence++
      held.set(text, { fence, until: now() + atMost })
      return { fence }
    },
    release: (text, lease) => {
      if (held.get(text)?.fence !== lease.fence) return
      held.delete(text)
      onReleased(text)
    }
  }
}
