/** Where the repository is, as its own manifest says: the one address that all others are made of. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { root } from "./process.ts"

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  readonly repository: { readonly url: string }
}

/** For a browser, without a slash at its end. */
export const repository = manifest.repository.url.replace(/^git\+|\.git$/g, "")
