import { assert, describe, it } from "@effect/vitest"
import { hold } from "./peer.ts"
import { givingPromises, givingValues } from "./peers/index.ts"
import { harnessAlone } from "./peers/limits.ts"
import { nearby } from "./upstream.ts"
import { tokenFor } from "./work.ts"

/** The text of whatever a peer gives. */
const textOf = (given: unknown): string => {
  if (typeof given === "string") return given
  const holder = given as {
    readonly reveal?: () => string
    readonly token?: string
    readonly accessToken?: string
    readonly headers?: { get(name: string): string }
  }
  if (holder.reveal !== undefined) return holder.reveal()
  if (holder.headers !== undefined) return holder.headers.get("authorization").slice(7)
  return holder.token ?? holder.accessToken ?? ""
}

const keys = ["merchant-a", "merchant-b", "merchant-c"]

const contenders = [...givingValues, ...givingPromises].filter((peer) => peer !== harnessAlone)

describe("every contender gives the token that was asked for", () => {
  it.each(contenders)("$name", async (peer) => {
    const { close, get } = await hold(peer, [...keys], nearby)
    for (const index of [2, 0, 1, 1]) {
      const key = keys[index] ?? ""
      assert.strictEqual(textOf(await get(key, index)), tokenFor(key))
    }
    await close?.()
  })
})
