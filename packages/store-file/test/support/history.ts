import { assert } from "@effect/vitest"
import type { DatabaseSync } from "node:sqlite"
import { type Begun, type Line, recordOf } from "./lines.ts"

type Held = string | undefined

/**
 * What a writer was told, against what the file says. An operation that failed, and one in which the writer
 * was killed, may have happened or not.
 */
export class History {
  readonly #possible = new Map<string, ReadonlySet<Held>>()
  readonly #owners = new Map<string, string>()
  readonly #revoked = new Map<string, number>()
  #pending: Begun | undefined
  /** Operations that the writer was told to have happened. */
  acknowledged = 0
  /** What the writer said about operations that failed. */
  readonly failures: Array<string> = []

  add(line: Line): void {
    if ("begun" in line) {
      this.#pending = line.begun
      this.#owners.set(line.begun.key, line.begun.owner)
      return
    }
    const begun = this.#pending
    this.#pending = undefined
    if (begun === undefined) return
    if ("failed" in line) {
      this.failures.push(line.failed)
      return this.#apply(begun, false)
    }
    this.acknowledged++
    this.#apply(begun, true)
    if (begun.operation === "put") assert.strictEqual(line.done.answer, "stored")
    if (begun.operation === "revoke") this.#revoked.set(begun.owner, line.done.generation)
  }

  /** Compares, and takes what it finds as what is known from now on. */
  check(database: DatabaseSync): void {
    if (this.#pending !== undefined) this.#apply(this.#pending, false)
    this.#pending = undefined
    const find = database.prepare("SELECT id, record FROM tokens WHERE key = ?")
    for (const [key, possible] of this.#possible) {
      const row = find.get(key)
      const id = row === undefined ? undefined : String(row["id"])
      assert.include([...possible], id, key)
      if (id !== undefined) assert.deepEqual(row?.["record"], Uint8Array.from(recordOf(id)))
      this.#possible.set(key, new Set([id]))
    }
    const generationOf = database.prepare("SELECT generation FROM revocations WHERE owner = ?")
    for (const [owner, generation] of this.#revoked) {
      assert.isAtLeast(Number(generationOf.get(owner)?.["generation"]), generation, owner)
    }
  }

  #apply(begun: Begun, isCertain: boolean): void {
    for (const [key, owner] of this.#owners) {
      const before = this.#possible.get(key) ?? new Set([undefined])
      const after = [...before].map((held) => afterwards(begun, key, owner, held))
      this.#possible.set(key, new Set(isCertain ? after : [...before, ...after]))
    }
  }
}

const afterwards = (begun: Begun, key: string, owner: string, held: Held): Held => {
  switch (begun.operation) {
    case "put":
      return begun.key === key ? begun.id : held
    case "remove":
      return begun.key === key && begun.id === held ? undefined : held
    case "revoke":
      return begun.owner === owner ? undefined : held
    case "lease":
      return held
  }
}
