import { execFileSync } from "node:child_process"
import { accessSync, constants } from "node:fs"
import { chromium, type Browser } from "playwright-core"

const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]

const found = (): string | undefined =>
  places.find((path) => {
    try {
      accessSync(path, constants.X_OK)
      return true
    } catch {
      return false
    }
  })

/** Debian's, where this machine lets us: as root, with apt. */
const install = (): void => {
  const apt = (...args: ReadonlyArray<string>) =>
    execFileSync("apt-get", [...args], {
      stdio: "ignore",
      timeout: 300_000,
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" }
    })
  apt("update")
  apt("install", "--yes", "--no-install-recommends", "chromium", "fonts-dejavu-core")
}

const path = (): string | undefined => {
  const before = found()
  if (before !== undefined || process.getuid?.() !== 0) return before
  try {
    install()
  } catch {
    return undefined
  }
  return found()
}

const executablePath = path()

/** Why no browser can be driven, and what to do; `undefined` where one can. */
export const missing =
  executablePath === undefined
    ? "no Chromium here: install it with `apt-get install chromium` and run again"
    : undefined

// The reporter does not say why a test is skipped.
if (missing !== undefined)
  process.stderr.write(`The portal's browser tests are skipped: ${missing}\n`)

export const launch = (): Promise<Browser> => {
  if (executablePath === undefined) throw new Error(missing)
  // Its sandbox refuses to run as root.
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : []
  return chromium.launch({ executablePath, args, timeout: 30_000 })
}
