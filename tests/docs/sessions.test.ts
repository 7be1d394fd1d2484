import { assert, describe, it } from "@effect/vitest"
import { startSimulator } from "@onbehalf/simulator"
import { globSync, readFileSync } from "node:fs"
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { root, run } from "../support/process.ts"

/** Pages whose terminal sessions are what a terminal shows. `SESSIONS=write` writes them anew. */
const pages = ["apps/cli/README.md", "docs/command-line.md"]

const session = /^```console\n([\s\S]*?)^```$/gm

/** What differs from run to run: ports, versions, ids, seconds. */
const settled = (text: string): string =>
  text
    .replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:4010")
    .replaceAll(/(^node +ok +)[\d.]+$/gm, "$124.21.0")
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/g, "2554a4f8-d9cb-445c-8b0d-c16f7e78c63b")
    .replaceAll(/\b(10m|9m \d+s)\b/g, "9m 59s")

/** Its commands in one shell, each with its output below it. */
const play = async (commands: ReadonlyArray<string>): Promise<string> => {
  const simulator = await startSimulator({ port: 0 })
  const home = await mkdtemp(join(tmpdir(), "onbehalf-session-"))
  const script = commands.flatMap((command) => [
    `cat <<'END-OF-COMMAND'\n$ ${command}\nEND-OF-COMMAND`,
    command
  ])
  try {
    const ended = await run("bash", ["-c", `exec 2>&1\n${script.join("\n")}`], {
      settings: {
        HOME: home,
        NUAPAY_API_KEY: simulator.apiKey,
        NUAPAY_BASE_URL: simulator.url,
        ONBEHALF_ROOT: root,
        PATH: [join(root, "tests/docs/bin"), dirname(process.execPath), process.env["PATH"]].join(
          ":"
        )
      }
    })
    return settled(ended.stdout).replaceAll(home, "~")
  } finally {
    await simulator.close()
    await rm(home, { recursive: true })
  }
}

const commandsOf = (text: string): ReadonlyArray<string> =>
  text
    .split("\n")
    .filter((line) => line.startsWith("$ "))
    .map((line) => line.slice(2))

describe("terminal sessions are what a terminal shows", () => {
  it("no page has one that is not played", () => {
    // The first page's is `npm start`, which the main job's test plays.
    const holding = globSync(["*.md", "{docs,packages,apps,examples}/**/*.md"], {
      cwd: root,
      exclude: ["**/node_modules/**"]
    }).filter((page) => readFileSync(join(root, page), "utf8").includes("\n```console\n"))
    assert.sameMembers(holding, ["README.md", ...pages])
  })

  it.each(pages)(
    "%s",
    async (page) => {
      const path = join(root, page)
      const text = await readFile(path, "utf8")
      const sessions = [...text.matchAll(session)].map((match) => match[1] ?? "")
      assert.isNotEmpty(sessions)
      let written = text
      for (const shown of sessions) {
        const played = await play(commandsOf(shown))
        written = written.replace(`\`\`\`console\n${shown}`, () => `\`\`\`console\n${played}`)
      }
      if (process.env["SESSIONS"] === "write") await writeFile(path, written)
      else assert.strictEqual(text, written)
    },
    120_000
  )
})
