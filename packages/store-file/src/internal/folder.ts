import { closeSync, constants, mkdirSync, openSync, readdirSync, renameSync, rmSync } from "node:fs"
import { join } from "node:path"
import { refusal } from "./failure.ts"
import { checkFolder } from "./safety.ts"

/**
 * The files of a folder are numbered, and a number is used once: `tokens-1.db` until it is damaged, then
 * `tokens-2.db`. A process that still has a name in hand can so never open another file by it than it meant.
 */
export interface Folder {
  /** The newest file, made where there is none. */
  readonly newest: () => string
  /** Renames a damaged file, for a look at it later; the oldest of them go. */
  readonly setAside: (path: string) => void
}

/** Damaged files that are kept. */
const maximumDamaged = 3

/** Makes the folder where there is none. Fails where it is not safe. */
export const open = (path: string): Folder => {
  make(path)
  checkFolder(path)
  return {
    newest: () => {
      const { current, highest } = list(path)
      const file = join(path, nameOf(current ?? highest + 1))
      if (current === undefined) create(file)
      return file
    },
    setAside: (file) => {
      // The file before its log: without it, it could pass for sound and bring back what was revoked.
      rename(file, `${file}.damaged`)
      rename(`${file}-wal`, `${file}.damaged-wal`)
      rmSync(`${file}-shm`, { force: true })
      prune(path)
    }
  }
}

const nameOf = (number: number): string => `tokens-${number}.db`

const make = (path: string): void => {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : ""
    if (code === "EEXIST" || code === "ENOTDIR") throw refusal(`${path} is not a folder`)
    if (code === "EACCES" || code === "EPERM" || code === "EROFS") {
      throw refusal(`${path} cannot be made (${code}): choose another folder`)
    }
    throw error
  }
}

const pattern = /^tokens-([1-9][0-9]{0,8})\.db(.*)$/

interface Numbered {
  readonly number: number
  readonly suffix: string
  readonly name: string
}

const numbered = (path: string): ReadonlyArray<Numbered> =>
  readdirSync(path).flatMap((name) => {
    const [, digits, suffix] = pattern.exec(name) ?? []
    return digits === undefined || suffix === undefined
      ? []
      : [{ name, suffix, number: Number(digits) }]
  })

const list = (path: string) => {
  const files = numbered(path)
  const numbers = files.map(({ number }) => number)
  const usable = files.filter(({ suffix }) => suffix === "").map(({ number }) => number)
  return {
    highest: Math.max(0, ...numbers),
    current: usable.length === 0 ? undefined : Math.max(...usable)
  }
}

/** Never opens what is there: closing a descriptor of one's own would drop the locks that SQLite holds on it. */
const create = (file: string): void => {
  const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR } = constants
  try {
    closeSync(openSync(file, O_CREAT | O_EXCL | O_RDWR | (O_NOFOLLOW ?? 0), 0o600))
  } catch (error) {
    // Another process was faster.
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error
  }
}

/** Another process may have done it. */
const rename = (from: string, to: string): void => {
  try {
    renameSync(from, to)
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error
  }
}

const prune = (path: string): void => {
  const files = numbered(path)
  const numbers = [...new Set(files.map(({ number }) => number))].sort((a, b) => b - a)
  const kept = new Set(numbers.slice(0, maximumDamaged))
  for (const { name, number } of files) {
    if (!kept.has(number)) rmSync(join(path, name), { force: true })
  }
}
