/**
 * `pnpm release:dry`: a whole release, in a copy of the repository and to a registry on loopback, and then what a stranger does with it.
 * Ends with 1 where anything is not as it would have to be.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { startSimulator } from "../packages/simulator/src/index.ts"
import { makeProject, type Project } from "../tests/packed/support/project.ts"
import { dependencies, files } from "../tests/packed/support/programs.ts"
import { makeVersions, releasable, type Releasable } from "./versions.ts"

const repository = join(import.meta.dirname, "..")

const say = (what: string) => console.log(`\n── ${what}`)

const call = (
  cwd: string,
  program: string,
  args: ReadonlyArray<string>,
  settings: Readonly<Record<string, string>> = {}
): string =>
  execFileSync(program, args, {
    cwd,
    encoding: "utf8",
    timeout: 300_000,
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1", ...settings }
  }).trim()

/** What is in the repository, committed or not, without what is ignored; with a history of one commit, because changesets wants one. */
const copyTo = async (folder: string): Promise<void> => {
  const listed = call(repository, "git", ["ls-files", "--cached", "--others", "--exclude-standard"])
  for (const path of listed.split("\n")) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await cp(join(repository, path), join(folder, path))
  }
  const git = ["-c", "user.name=dry", "-c", "user.email=dry@localhost"]
  call(folder, "git", ["init", "--quiet", "--initial-branch=main"])
  call(folder, "git", ["add", "--all"])
  call(folder, "git", [...git, "commit", "--quiet", "--message", "As it is"])
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().on("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0))
    })
  })

/** Ours are kept here; all others come from where npm gets them on this machine. */
const registryConfig = (folder: string, upstream: string): string => `
storage: ${join(folder, "storage")}
uplinks:
  upstream:
    url: ${upstream}
packages:
  "@onbehalf/*":
    access: $all
    publish: $all
  "**":
    access: $all
    proxy: upstream
log: { type: file, path: ${join(folder, "log")}, level: warn }
`

const startRegistry = async (folder: string): Promise<{ url: string; child: ChildProcess }> => {
  await mkdir(folder)
  const port = await freePort()
  const config = join(folder, "config.yaml")
  await writeFile(
    config,
    registryConfig(folder, call(folder, "npm", ["config", "get", "registry"]))
  )
  const program = join(repository, "tests/node_modules/verdaccio/bin/verdaccio")
  const args = [program, "--config", config, "--listen", `127.0.0.1:${port}`]
  const child = spawn(process.execPath, args, { cwd: folder, stdio: "inherit" })
  const url = `http://127.0.0.1:${port}/`
  for (let attempt = 0; attempt < 150; attempt++) {
    if (child.exitCode !== null) break
    if (
      await fetch(new URL("-/ping", url)).then(
        ({ ok }) => ok,
        () => false
      )
    )
      return { url, child }
    await sleep(200)
  }
  child.kill()
  throw new Error("the registry did not start")
}

/** npm wants a token before it publishes; this registry takes any. */
const npmSettings = async (folder: string, url: string): Promise<Record<string, string>> => {
  const file = join(folder, "npmrc")
  await writeFile(file, `registry=${url}\n${url.replace("http:", "")}:_authToken=dry\n`)
  return { npm_config_userconfig: file, npm_config_registry: url }
}

const expect = async (
  project: Project,
  what: string,
  args: ReadonlyArray<string>,
  expected: RegExp
): Promise<void> => {
  const [program = "", ...rest] = args
  const { code, output } = await project.run(program, rest)
  if (code !== 0 || !expected.test(output)) throw new Error(`${what}: ${output}`)
  console.log(`ok  ${what}`)
}

/** Installs what was published, and does with it what the READMEs show. */
const beStranger = async (
  manager: "npm" | "pnpm",
  versions: ReadonlyArray<Releasable>,
  settings: Readonly<Record<string, string>>
): Promise<void> => {
  const packages = versions.map(({ name, version }) => ({ name, from: version }))
  await using simulator = await startSimulator()
  await using project = await makeProject({
    manager,
    dependencies: dependencies(packages, "^5.0.0", manager),
    files,
    settings: { ...settings, NUAPAY_API_KEY: simulator.apiKey, NUAPAY_BASE_URL: simulator.url }
  })
  for (const { name, version } of versions) {
    const changelog = await readFile(
      join(project.folder, "node_modules", name, "CHANGELOG.md"),
      "utf8"
    )
    if (!changelog.includes(`\n## ${version}\n`))
      throw new Error(`${name} ${version} is in no changelog`)
  }
  const check = (what: string, args: ReadonlyArray<string>, expected: RegExp) =>
    expect(project, `${manager}: ${what}`, args, expected)
  await check("types hold", ["node_modules/.bin/tsc", "-p", "tsconfig.nodenext.json"], /^$/)
  await check("the middleware", [process.execPath, "tryApp.js"], /^401 200 true$/m)
  await check("the broker", [process.execPath, "broker.ts"], /^200$/m)
  await check("the layers", [process.execPath, "effect.ts"], / 200$/m)
  await check(
    "the command line",
    ["npx", "--no-install", "onbehalf", "organisations", "list"],
    /ACTIVE/
  )
}

const folder = await mkdtemp(join(tmpdir(), "onbehalf-dry-"))
const copy = join(folder, "repository")
let registry: ChildProcess | undefined
try {
  say("The next versions, in a copy")
  await mkdir(copy)
  await copyTo(copy)
  const pnpm = join(repository, "node_modules/.bin/pnpm")
  call(copy, pnpm, ["install", "--frozen-lockfile", "--prefer-offline"])
  makeVersions(copy)
  const versions = releasable(copy)
  console.log(versions.map(({ name, version }) => `${name} ${version}`).join("\n"))

  say("Published to a registry on loopback")
  const { child, url } = await startRegistry(join(folder, "registry"))
  registry = child
  const settings = await npmSettings(folder, url)
  const tarballs = join(folder, "tarballs")
  call(copy, process.execPath, [join(copy, "release/pack.ts"), tarballs])
  const publish = [join(copy, "release/publish.ts"), tarballs, "--provenance=false"]
  console.log(call(copy, process.execPath, publish, settings))
  const again = call(copy, process.execPath, publish, settings)
  if (/ published$/m.test(again)) throw new Error(`a second run published again:\n${again}`)

  say("Installed by a stranger")
  await beStranger("npm", versions, settings)
  await beStranger("pnpm", versions, settings)
  say("All is well")
} finally {
  registry?.kill()
  await rm(folder, { recursive: true, force: true })
}
