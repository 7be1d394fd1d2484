/** Does one operation twenty times: `repeat.ts <folder> <put|remove|revoke|lease>`. */
import { direct, rowOf } from "../support/writing.ts"

const [folder = "", operation] = process.argv.slice(2)
const file = direct(folder)
const holder = { holder: "me", atMost: 1_000 }
const generation = Number.MAX_SAFE_INTEGER

for (let index = 0; index < 20; index++) {
  const key = `key-${index}`
  const row = rowOf("owner", "id", Buffer.from("record"))
  if (operation === "put") file.ask("put", { key, row, generation, fence: 0 })
  if (operation === "remove") file.ask("remove", { key, id: "id" })
  if (operation === "revoke") file.ask("revoke", { owner: key })
  // Of its own: one that is held is not taken again.
  if (operation === "lease") file.ask("lease", { key: `${process.pid}-${key}`, ...holder })
}
// Not closed: that would sync once more.
process.exit(0)
