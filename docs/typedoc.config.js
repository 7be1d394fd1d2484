/** The site: the pages beside this file, and the docstrings of what each package exports. Static, with nothing from elsewhere. */
import { OptionDefaults } from "typedoc"

const packages = [
  "packages/core",
  "packages/store-memory",
  "packages/store-file",
  "packages/store-redis",
  "packages/store-testkit",
  "packages/simulator",
  "apps/express"
]

/** @type {import("typedoc").TypeDocOptions} */
const config = {
  name: "onbehalf",
  entryPoints: packages.map((path) => `../${path}/src/index.ts`),
  tsconfig: "tsconfig.site.json",
  readme: "../README.md",
  projectDocuments: [
    "quick-start.md",
    "concepts.md",
    "recipes.md",
    "express.md",
    "command-line.md",
    "token-lifetime.md",
    "errors.md",
    "operations.md",
    "security.md",
    "writing-a-store.md",
    "architecture.md",
    "releasing.md",
    "decisions/*.md",
    "../packages/*/README.md",
    "../apps/*/README.md",
    "../examples/README.md",
    "../examples/merchant-portal/README.md",
    "../CONTRIBUTING.md",
    "../SECURITY.md"
  ],
  plugin: ["./titles.js", "./links.js"],
  customCss: "site.css",
  highlightLanguages: [...OptionDefaults.highlightLanguages, "toml"],
  out: "site",
  router: "structure",
  categorizeByGroup: false,
  excludeExternals: true,
  excludePrivate: true,
  disableSources: true,
  searchInDocuments: true,
  sort: ["source-order"],
  kindSortOrder: [
    "Document",
    "Module",
    "Namespace",
    "Class",
    "Function",
    "Variable",
    "Interface",
    "TypeAlias",
    "Reference"
  ],
  hideGenerator: true,
  validation: { invalidLink: true, notExported: false, rewrittenLink: true },
  treatValidationWarningsAsErrors: true,
  blockTags: [...OptionDefaults.blockTags, "@effect-expect-leaking"],
  logLevel: "Warn"
}

export default config
