import { assert, describe, it } from "@effect/vitest"
import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { run, root } from "../support/process.ts"

const pnpm = join(root, "node_modules/.bin/pnpm")

/** Packages against which the registry knows something high or critical; nothing where it cannot be asked. */
const audit = async (
  ...args: ReadonlyArray<string>
): Promise<ReadonlyArray<string> | undefined> => {
  // It ends with 1 when it knows something.
  const { stdout: answer } = await run(pnpm, ["audit", "--json", ...args])
  if (!answer.trimStart().startsWith("{")) return undefined
  const { advisories = {} } = JSON.parse(answer) as {
    advisories?: Record<string, { readonly severity: string; readonly module_name: string }>
  }
  const grave = Object.values(advisories).filter(({ severity }) => /high|critical/.test(severity))
  return grave.map(({ module_name }) => module_name)
}

/** A registry that knows this of every version. */
const withRegistry = async <A>(
  severities: Readonly<Record<string, string>>,
  use: (registry: string) => Promise<A>
): Promise<A> => {
  const known = Object.entries(severities).map(([name, severity], id) => [
    name,
    [{ id, severity, title: "a test", url: "https://example.com", vulnerable_versions: "*" }]
  ])
  const server = createServer((request, response) => {
    request.resume()
    response.setHeader("content-type", "application/json")
    response.end(JSON.stringify(Object.fromEntries(known)))
  })
  await once(server.listen(0, "127.0.0.1"), "listening")
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  } finally {
    server.close()
  }
}

describe("known weaknesses of what we depend on", async () => {
  const answer = await audit()
  const why = answer === undefined ? ": this registry cannot be asked" : ""
  it.skipIf(answer === undefined)(`none that is high or critical${why}`, () => {
    assert.deepStrictEqual(answer, [])
  })

  it("what a registry knows is heard, when it is grave", () =>
    withRegistry({ effect: "critical", express: "high", turbo: "low" }, async (registry) => {
      assert.sameMembers(
        [...((await audit(`--registry=${registry}`)) ?? [])],
        ["effect", "express"]
      )
    }))

  it("and a registry that knows nothing lets everything pass", () =>
    withRegistry({}, async (registry) => {
      assert.deepStrictEqual(await audit(`--registry=${registry}`), [])
    }))
})
