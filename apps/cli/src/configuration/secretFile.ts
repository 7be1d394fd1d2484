/** Secrets in files of their own: read only where nobody else can read them. */
import type { TokenError } from "@onbehalf/core/TokenError"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import type { PlatformError } from "effect/PlatformError"
import * as Path from "effect/Path"
import * as Redacted from "effect/Redacted"
import { ownUser } from "../host/environment.ts"
import { invalidSetting } from "./problem.ts"

/** Longer ones are no key. */
const longest = 16_384

/** The file's text without the newline at its end. The open file is checked, not its name, which may change hands. */
export const readSecretFile = (
  setting: string,
  path: string
): Effect.Effect<Redacted.Redacted, TokenError, FileSystem.FileSystem> =>
  Effect.scoped(
    Effect.gen(function* () {
      const files = yield* FileSystem.FileSystem
      // To open a pipe that nobody writes to never ends, whatever signal comes.
      if ((yield* files.stat(path)).type !== "File") {
        return yield* invalidSetting(setting, `${path} ${notRegular}`)
      }
      const file = yield* files.open(path, { flag: "r" })
      const info = yield* file.stat
      const problem = problemOf(info)
      if (problem !== undefined) return yield* invalidSetting(setting, `${path} ${problem}`)
      const bytes = yield* file.readAlloc(longest)
      const text = Option.match(bytes, {
        onNone: () => "",
        onSome: (read) => new TextDecoder().decode(read)
      })
      return Redacted.make(text.replace(/\r?\n$/, ""))
    })
  ).pipe(
    Effect.catchTag("PlatformError", ({ reason }) =>
      Effect.fail(invalidSetting(setting, `${path} cannot be read (${reason._tag})`))
    )
  )

const notRegular = "is not a regular file"

const problemOf = ({ mode, type, uid }: FileSystem.File.Info): string | undefined => {
  if (type !== "File") return notRegular
  // Without a name: in a container the system may know no more of a user than a number.
  const own = ownUser()
  if (own === undefined) return undefined
  if ((mode & 0o077) !== 0) {
    return `is open to other users (mode ${(mode & 0o777).toString(8)}): chmod 600 it`
  }
  const owner = Option.getOrElse(uid, () => own)
  return owner === own || own === 0 ? undefined : `belongs to another user (${owner})`
}

/**
 * Puts a secret into a file that is not there yet. Whole or not at all: others may be doing the same, and read
 * what the first of them wrote.
 */
export const createSecretFile = (
  path: string,
  secret: Redacted.Redacted
): Effect.Effect<void, PlatformError, FileSystem.FileSystem | Path.Path> =>
  Effect.scoped(
    Effect.gen(function* () {
      const files = yield* FileSystem.FileSystem
      const folder = (yield* Path.Path).dirname(path)
      yield* files.makeDirectory(folder, { recursive: true, mode: 0o700 })
      const apart = yield* files.makeTempFileScoped({ directory: folder, prefix: ".new-" })
      yield* files.chmod(apart, 0o600)
      yield* files.writeFileString(apart, `${Redacted.value(secret)}\n`)
      yield* files.link(apart, path)
    })
  )
