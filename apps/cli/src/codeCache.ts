/**
 * What V8 has compiled of the program in earlier runs. Node's own compile cache is filled at the load, before most
 * functions are compiled, and lies in a folder of everybody's; this one is filled at the end of a run.
 */
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync
} from "node:fs"
import { isAbsolute, join } from "node:path"
import process from "node:process"
import { crc32 } from "node:zlib"

/** Where it is kept: `$XDG_CACHE_HOME/onbehalf`, else `~/.cache/onbehalf`. */
const folderOf = ({ HOME, XDG_CACHE_HOME = "" }: NodeJS.ProcessEnv): string | undefined => {
  if (isAbsolute(XDG_CACHE_HOME)) return join(XDG_CACHE_HOME, "onbehalf")
  return HOME !== undefined && isAbsolute(HOME) ? join(HOME, ".cache", "onbehalf") : undefined
}

/** Code is run from it: nobody else may have written it, not even as the owner of a home that `sudo` left in place. */
const isOwn = (file: number): boolean => {
  const { mode, uid } = fstatSync(file)
  return process.geteuid === undefined || (uid === process.geteuid() && (mode & 0o022) === 0)
}

/** At the end of the file, so that V8 need not move the code. */
const checksumLength = 4

/** Of code that is not what V8 made, V8 makes the end of the process: it looks at its length alone. */
const checksumOf = (code: Buffer): Buffer => {
  const checksum = Buffer.alloc(checksumLength)
  checksum.writeUInt32LE(crc32(code))
  return checksum
}

/** The code, if it is whole: a disk that lost its power may have kept a part of it. */
const codeIn = (kept: Buffer): Buffer | undefined => {
  if (kept.length <= checksumLength) return undefined
  const code = kept.subarray(0, -checksumLength)
  return kept.subarray(-checksumLength).equals(checksumOf(code)) ? code : undefined
}

const read = (path: string): Buffer | undefined => {
  try {
    const file = openSync(path, "r")
    try {
      return isOwn(file) ? codeIn(readFileSync(file)) : undefined
    } finally {
      closeSync(file)
    }
  } catch {
    return undefined
  }
}

/** Whole or not at all, and in place of what older versions left. */
const write = (folder: string, name: string, code: Buffer, version: string): void => {
  const apart = join(folder, `.${name}-${process.pid}`)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeFileSync(apart, Buffer.concat([code, checksumOf(code)]), { mode: 0o600, flag: "wx" })
    renameSync(apart, join(folder, name))
    for (const other of readdirSync(folder)) {
      if (other.startsWith("code-") && !other.startsWith(version)) rmSync(join(folder, other))
    }
  } catch {
    // It costs time, no more: what a full disk took of it must not stay.
    discard(apart)
  }
}

const discard = (path: string): void => {
  try {
    rmSync(path, { force: true })
  } catch {
    // There is nothing left to try.
  }
}

/** The cache of one command, which compiles what others do not. */
export interface CodeCache {
  readonly code: Buffer | undefined
  readonly keep: (code: Buffer) => void
}

/** @param version what the program is, and what Node is */
export const codeCache = (version: string, command: string): CodeCache => {
  const folder = folderOf(process.env)
  if (folder === undefined) return { code: undefined, keep: () => undefined }
  const own = `code-${version}-`
  const name = `${own}${command}`
  return {
    code: read(join(folder, name)),
    keep: (code) => write(folder, name, code, own)
  }
}
