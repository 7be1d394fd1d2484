/** What a writer says before it begins an operation. */
export interface Begun {
  readonly operation: "put" | "remove" | "revoke" | "lease"
  readonly key: string
  readonly owner: string
  readonly id: string
}

/** And when it has ended: the owner's generation after it, or that it failed. */
export type Line =
  | { readonly begun: Begun }
  | { readonly done: { readonly generation: number; readonly answer: unknown } }
  | { readonly failed: string }

/** The record of a token, which anybody can check. */
export const recordOf = (id: string): Uint8Array => Buffer.from(`${id} `.repeat(300))
