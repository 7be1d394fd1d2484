/** The key that seals the store: from the environment, from a file, or made at the first use. */
import * as TokenSeal from "@onbehalf/core/TokenSeal"
import type { TokenError } from "@onbehalf/core/TokenError"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type { PlatformError } from "effect/PlatformError"
import * as Predicate from "effect/Predicate"
import type * as Redacted from "effect/Redacted"
import { Secrets } from "../output/secrets.ts"
import { StoreFailed } from "../StoreFailed.ts"
import { Configuration } from "./Configuration.ts"
import { invalidSetting } from "./problem.ts"
import { createSecretFile, readSecretFile } from "./secretFile.ts"

/** Empty counts as not set. */
export const isSealKeyInEnvironment: Effect.Effect<boolean> = Config.String(
  "ONBEHALF_SEAL_KEY"
).pipe(
  Effect.map((key) => key !== ""),
  Effect.orElseSucceed(() => false)
)

/** The file that is made when it is needed, beside `config.toml`. */
const fileName = "seal-key"

/** The file that the settings name, else the one that is made. None where the user has no home. */
export const sealKeyFile: Effect.Effect<string | undefined, never, Configuration | Path.Path> =
  Effect.gen(function* () {
    const { folder, value } = yield* Configuration
    const path = yield* Path.Path
    return (
      value("seal_key_file") ?? (folder === undefined ? undefined : path.join(folder, fileName))
    )
  })

const setting = "seal_key_file (ONBEHALF_SEAL_KEY_FILE)"

/** None where the environment has it: the store reads it there, with the old ones. */
export const sealKey: Effect.Effect<
  Redacted.Redacted | undefined,
  TokenError | StoreFailed,
  Configuration | FileSystem.FileSystem | Path.Path | Secrets
> = Effect.gen(function* () {
  if (yield* isSealKeyInEnvironment) return undefined
  const path = yield* sealKeyPath
  const key = yield* readSecretFile(setting, path)
  const secrets = yield* Secrets
  secrets.add(key)
  return key
})

/** The file that the settings name must be there; the one that nobody named is made. */
const sealKeyPath = Effect.gen(function* () {
  const { value } = yield* Configuration
  const path = yield* sealKeyFile
  if (path === undefined) {
    return yield* invalidSetting(
      setting,
      "must be given: this user has no home folder. Or use --store memory"
    )
  }
  if (value("seal_key_file") !== undefined) return path
  const files = yield* FileSystem.FileSystem
  if (yield* Effect.orElseSucceed(files.exists(path), () => false)) return path
  yield* createSecretFile(path, yield* TokenSeal.newKey).pipe(
    Effect.catchTag("PlatformError", (error) =>
      error.reason._tag === "AlreadyExists" ? Effect.void : Effect.fail(notMade(path, error))
    )
  )
  return path
})

/** A disk that is full or fails is the store's trouble, and passes; anything else is how this user is set up. */
const ofDisk: ReadonlyArray<string> = ["ENOSPC", "EDQUOT", "EFBIG", "EIO"]

const notMade = (path: string, { cause, reason }: PlatformError): TokenError | StoreFailed => {
  const code = Predicate.hasProperty(cause, "code") ? String(cause.code) : reason._tag
  const problem = `${path} cannot be made (${code})`
  return ofDisk.includes(code)
    ? new StoreFailed({ problem })
    : invalidSetting(setting, `${problem}. Or use --store memory`)
}
