import type { Lease } from "@onbehalf/core/TokenStore"

/** Who may fetch what, within this process. A lease ends by itself when its time is over. */
export interface Leases {
  readonly take: (text: string, atMost: number) => Lease | undefined
  /** Whether it was still that lease. */
  readonly release: (text: string, lease: Lease) => boolean
}

/** @param now monotonic nanoseconds */
export const make = (now: () => bigint): Leases => {
  const held = new Map<string, { readonly fence: number; readonly until: bigint }>()
  let fence = 0
  return {
    take: (text, atMost) => {
      const holder = held.get(text)
      if (holder !== undefined && holder.until > now()) return undefined
      fence++
      held.set(text, { fence, until: now() + BigInt(Math.ceil(atMost)) * 1_000_000n })
      return { fence }
    },
    release: (text, lease) => held.get(text)?.fence === lease.fence && held.delete(text)
  }
}
