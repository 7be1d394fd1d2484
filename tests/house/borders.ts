/** What the linter enforces of the house beyond its own rules: a plugin, named in `.oxlintrc.json`. */
import { dirname, resolve } from "node:path"
import type { RuleTester } from "oxlint/plugins-dev"

type Rule = Parameters<RuleTester["run"]>[1]
type Create = NonNullable<Rule["create"]>
type Node = NonNullable<Parameters<Parameters<Create>[0]["report"]>[0]["node"]>

const running = /^(run(Main|Fork|Callback|(Promise|Sync)(Exit)?)(With)?|ManagedRuntime)$/
const edgeModule = /^(effect\/ManagedRuntime|(node:)?(process|console))$/
const effectModule = /^effect(\/|$)/
const address = /^(\.{0,2}\/|\.{1,2}$|(file|data|https?):)/
const ownPackage = /^.*\/(packages|apps)\/[^/]+\//

/** A name, or text that stands for one. */
const textOf = (node: object): string => {
  const text = "name" in node ? node.name : "value" in node ? node.value : ""
  return typeof text === "string" ? text : ""
}

/** Visits what a file imports, however it says so. */
const imported = (visit: (source: Node) => void) =>
  ({
    ImportDeclaration: ({ source }) => visit(source),
    ImportExpression: ({ source }) => visit(source),
    ExportAllDeclaration: ({ source }) => visit(source),
    ExportNamedDeclaration: ({ source }) => {
      if (source !== null) visit(source)
    },
    TSExternalModuleReference: ({ expression }) => visit(expression),
    TSImportType: ({ source }) => visit(source)
  }) satisfies ReturnType<Create>

/** Effect is run, and the process and the console are touched, only where a program begins. */
const edges: Rule = {
  create: ({ report }) => {
    const message =
      "Effect is run only at the edges: promise.ts, the apps' entry files, examples, tests and bench"
    const checkName = (name: Node) => {
      if (running.test(textOf(name))) report({ node: name, message })
    }
    const checkSource = (source: Node) => {
      if (edgeModule.test(textOf(source))) report({ node: source, message })
    }
    return {
      ...imported(checkSource),
      ExportAllDeclaration: ({ exported, source }) => {
        checkSource(source)
        if (exported === null && effectModule.test(source.value)) report({ node: source, message })
      },
      ImportSpecifier: (node) => checkName(node.imported),
      ExportSpecifier: (node) => checkName(node.local),
      MemberExpression: ({ property }) => checkName(property),
      Property: ({ key, parent }) => {
        if (parent.type === "ObjectPattern") checkName(key)
      }
    }
  }
}

/** What lies in another package has a name. */
const names: Rule = {
  create: ({ filename, report }) => {
    const [home = "/"] = ownPackage.exec(filename) ?? []
    return imported((source) => {
      const text = textOf(source)
      if (!address.test(text)) return
      if (/^\.{1,2}(\/|$)/.test(text) && resolve(dirname(filename), text).startsWith(home)) return
      report({ node: source, message: "Import another package by its name" })
    })
  }
}

export default { meta: { name: "house" }, rules: { edges, names } }
