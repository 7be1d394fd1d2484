import { assert, describe, it } from "@effect/vitest"
import { tokenFor } from "./peer.ts"
import { peers } from "./peers/index.ts"

/** The text of whatever a peer gives. */
const textOf = (given: unknown): string => {
  if (typeof given === "string") return given
  const holder = given as {
    readonly reveal?: () => string
    readonly token?: string
    readonly headers?: { get(name: string): string }
  }
  if (holder.reveal !== undefined) return holder.reveal()
  if (holder.headers !== undefined) return holder.headers.get("authorization").slice(7)
  return holder.token ?? ""
}

describe("every contender gives the token that was asked for", () => {
  it.each(peers)("$name", async (peer) => {
    const keys = ["merchant-a", "merchant-b", "merchant-c"]
    const get = await peer.prepare(keys)
    for (const index of [2, 0, 1, 1]) {
      assert.strictEqual(textOf(await get(index)), tokenFor(keys[index] ?? ""))
    }
  })
})
