/** What strangers do with our packages: the files of their projects. */
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { type Packed } from "../../../release/pack.ts"
import { entries, published } from "../../api/report.ts"
import { codeBlocks } from "../../support/codeBlocks.ts"
import { root } from "../../support/process.ts"
import { commonJs, tryApp } from "./expressApp.ts"

/** Everything that can be imported; the test kit's index only inside vitest. */
const specifiers = published
  .flatMap((one) => [...entries(one).keys()].map((name) => join(one.name, name)))
  .filter((name) => !name.startsWith("@onbehalf/store-testkit"))

const block = (page: string, holds: string): string => {
  const found = codeBlocks(join(root, page)).find(
    ({ code, language }) => language === "ts" && code.includes(holds)
  )
  if (found === undefined) throw new Error(`${page} shows no ${holds}`)
  return found.code
}

const tsconfig = (module: "nodenext" | "bundler"): string =>
  JSON.stringify({
    compilerOptions: {
      target: "es2024",
      lib: ["es2024", "DOM", "DOM.Iterable", "DOM.AsyncIterable"],
      module: module === "nodenext" ? "nodenext" : "esnext",
      moduleResolution: module,
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
      noEmit: true,
      types: ["node"]
    },
    include: ["*.ts", "contracts/*.ts"]
  })

/** Says which modules have no values. */
const say = `console.log(all.flatMap(([name, one]) => (Object.keys(one).length > 0 ? [] : [name])).join())\n`
const names = JSON.stringify(specifiers)
const importAll = `const all = await Promise.all(${names}.map(async (name) => [name, await import(name)]))\n${say}`
const requireAll = `const all = ${names}.map((name) => [name, require(name)])\n${say}`

/** The modules that are types alone. */
export const typesOnly = [
  "@onbehalf/express/request",
  "@onbehalf/core/BrokerEvent",
  "@onbehalf/core/Explanation",
  "@onbehalf/core/Health",
  "@onbehalf/core/PromiseTokenBroker",
  "@onbehalf/core/Revocation",
  "@onbehalf/core/TokenSource"
]

/** What users have written down as types. */
const contracts = Object.fromEntries(
  globSync(["contract.ts", "contracts/*.ts"], { cwd: join(root, "tests/packed") }).map((path) => [
    path,
    readFileSync(join(root, "tests/packed", path), "utf8")
  ])
)

export const files: Readonly<Record<string, string>> = {
  "tsconfig.nodenext.json": tsconfig("nodenext"),
  "tsconfig.bundler.json": tsconfig("bundler"),
  "app.ts": `${block("apps/express/README.md", "onBehalf(")}\nexport { app, merchants, nuapay }\n`,
  ...contracts,
  "broker.ts": block("packages/core/README.md", "createTokenBroker"),
  "effect.ts": block("README.md", "Effect.runPromise"),
  "surface.ts": `import "@onbehalf/store-testkit"\n${specifiers
    .map((name, index) => `import * as m${index} from "${name}"`)
    .join("\n")}\nexport const all = [${specifiers.map((_, index) => `m${index}`).join()}]\n`,
  "tryApp.js": tryApp('await import("./app.ts")'),
  "app.cjs": commonJs,
  "tryCommonJs.js": tryApp('(await import("./app.cjs")).default'),
  "importAll.js": importAll,
  "requireAll.cjs": requireAll
}

/** What the files above need, with a version of Express and of its types. */
export const dependencies = (
  packed: ReadonlyArray<Pick<Packed, "name"> & { readonly from: string }>,
  express: string,
  manager: "npm" | "pnpm"
): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(packed.map(({ from, name }) => [name, from])),
  "@types/express": express.startsWith("4") ? "^4.17.21" : "^5.0.0",
  "@types/node": "^24.0.0",
  effect: "~4.1.0",
  express,
  redis: "^6.3.1",
  typescript: "7.0.2",
  vitest: "^5.1.1",
  ...(manager === "pnpm" && {
    "@opentelemetry/api": "^1.9.0",
    ioredis: "^6.0.0",
    vite: "^8.0.0"
  })
})
