import type { TokenKey } from "@onbehalf/core/TokenKey"
import type { StoreBackend } from "@onbehalf/store-testkit"
import * as Effect from "effect/Effect"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"

export const sealKey = Buffer.alloc(32, 1).toString("base64")

/** What can be done to the file behind the store's back. */
export const hands = (directory: string): Omit<StoreBackend, "layer"> => {
  const change = (sql: string, ...texts: ReadonlyArray<string>) =>
    Effect.sync(() => {
      const database = new DatabaseSync(join(directory, "tokens-1.db"), { timeout: 1_000 })
      database.prepare(sql).run(...texts)
      database.close()
    })
  return {
    corrupt: ({ text }: TokenKey) =>
      change(
        "UPDATE tokens SET record = CAST(substr(record, 1, 40) || x'00' AS BLOB) WHERE key = ?",
        text
      ),
    transplant: (from, to) =>
      change(
        "UPDATE tokens SET record = (SELECT record FROM tokens WHERE key = ?) WHERE key = ?",
        from.text,
        to.text
      ),
    atRest: Effect.sync(() =>
      readdirSync(directory).flatMap((name) => [name, readFileSync(join(directory, name))])
    )
  }
}

export const cannot = {
  disconnect: "it reads its own log: there is no connection to lose",
  capacity: "tokens leave it when they end"
}
