import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type { Plugin } from "rolldown"

const inPackage = /^(.*\/node_modules\/((?:@[^/]+\/)?[^/]+))\//

/** Each package that is in the bundle, with the licence that must go where its code goes. */
export const licences: Plugin = {
  name: "licences",
  generateBundle(_, bundle) {
    const folders = new Map<string, string>()
    for (const chunk of Object.values(bundle)) {
      if (chunk.type !== "chunk") continue
      for (const id of chunk.moduleIds) {
        const [, folder, name] = inPackage.exec(id) ?? []
        if (folder !== undefined && name !== undefined) folders.set(name, folder)
      }
    }
    const parts = [...folders].sort(([a], [b]) => (a < b ? -1 : 1)).map(notice)
    this.emitFile({
      type: "asset",
      fileName: "THIRD-PARTY-LICENSES.txt",
      source: parts.join(`\n${"-".repeat(80)}\n\n`)
    })
  }
}

const notice = ([name, folder]: readonly [string, string]): string => {
  const { license, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    readonly license: string
    readonly version: string
  }
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each))
  const text =
    file === undefined
      ? "The package carries no text of its licence."
      : readFileSync(join(folder, file), "utf8").trim()
  return `${name} ${version} (${license})\n\n${text}\n`
}
