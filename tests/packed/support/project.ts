/** A stranger's project: outside the repository, with packages from tarballs or from a registry. */
import { execFile } from "node:child_process"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { cleanEnvironment, root } from "../../support/process.ts"

export interface Outcome {
  readonly code: number
  readonly output: string
}

export interface ProjectOptions {
  readonly manager: "npm" | "pnpm"
  readonly dependencies: Readonly<Record<string, string>>
  /** By their path in the project. */
  readonly files: Readonly<Record<string, string>>
  /** What all that runs in it finds in its environment. */
  readonly settings?: Readonly<Record<string, string>>
}

export interface Project extends AsyncDisposable {
  readonly folder: string
  /** What its programs see. */
  readonly env: NodeJS.ProcessEnv
  readonly run: (program: string, args: ReadonlyArray<string>) => Promise<Outcome>
}

/** Nothing is found that its package does not declare: neither hoisted, nor installed because a peer was missing. */
const strictly = "hoist: false\nautoInstallPeers: false\nstrictPeerDependencies: true\n"

const installers = {
  npm: ["npm", "install", "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts"],
  pnpm: [join(root, "node_modules/.bin/pnpm"), "install", "--prefer-offline", "--ignore-scripts"]
} as const

export const makeProject = async (options: ProjectOptions): Promise<Project> => {
  const folder = await mkdtemp(join(tmpdir(), "onbehalf-project-"))
  const files = {
    "package.json": JSON.stringify({
      name: "stranger",
      private: true,
      type: "module",
      dependencies: options.dependencies
    }),
    ...(options.manager === "pnpm" && { "pnpm-workspace.yaml": strictly }),
    ...options.files
  }
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  const [program, ...args] = installers[options.manager]
  const installed = await attempt(folder, program, args, { ...process.env, ...options.settings })
  if (installed.code !== 0) throw new Error(installed.output)
  const env = await homeless(folder, options.settings)
  const run = (program: string, args: ReadonlyArray<string>) => attempt(folder, program, args, env)
  return { folder, env, run, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) }
}

/**
 * With a home of its own: a developer's settings are not looked at, and nothing is kept beside their tokens. pnpm starts programs with a
 * `NODE_PATH` to all that is installed here, by which `require` and bundlers would find what a project does not have.
 */
const homeless = async (
  folder: string,
  settings?: Readonly<Record<string, string>>
): Promise<NodeJS.ProcessEnv> => {
  const home = join(folder, "home")
  await mkdir(home)
  const inherited = Object.entries(cleanEnvironment()).filter(
    ([name]) => !name.startsWith("XDG_") && name !== "NODE_PATH"
  )
  return { ...Object.fromEntries(inherited), HOME: home, ...settings }
}

const attempt = (
  cwd: string,
  program: string,
  args: ReadonlyArray<string>,
  env: NodeJS.ProcessEnv
): Promise<Outcome> =>
  new Promise((resolve) => {
    execFile(program, args, { cwd, env, timeout: 180_000 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1
      resolve({ code, output: code === 0 ? stdout : `${error?.message}\n${stdout}${stderr}` })
    })
  })
