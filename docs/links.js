/** An address in the repository, as the packages' own pages have them, leads to the page of the site that is made of the same file. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { Converter } from "typedoc"

const root = join(import.meta.dirname, "..")
const { repository } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
const files = `${repository.url.replace(/^git\+|\.git$/g, "")}/blob/main/`

/** The address of a file between parentheses, and in it the path and the heading. */
const link = new RegExp(`(?<=\\]\\()${RegExp.escape(files)}([^)#\\s]+)(?:#([^)\\s]+))?(?=\\))`)

/**
 * @param {string} text
 * @param {import("typedoc").FileRegistry} registry
 * @returns {Array<import("typedoc").CommentDisplayPart>}
 */
const split = (text, registry) => {
  const [address, path = "", heading] = link.exec(text) ?? []
  if (address === undefined) return [{ kind: "text", text }]
  const at = text.indexOf(address)
  const { target } = registry.registerAbsolute(join(root, path))
  return [
    { kind: "text", text: text.slice(0, at) },
    { kind: "relative-link", text: address, target, targetAnchor: heading },
    ...split(text.slice(at + address.length), registry)
  ]
}

/** @param {import("typedoc").Application} app */
export const load = (app) => {
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_context, document) => {
    document.content = document.content.flatMap((part) =>
      part.kind === "text" ? split(part.text, document.project.files) : [part]
    )
  })
}
