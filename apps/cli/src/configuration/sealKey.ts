/** The key that seals the store: from the environment, from a file, or made at the first use. */
import * as TokenSeal from "@onbehalf/core/TokenSeal"
import type { TokenError } from "@onbehalf/core/TokenError"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type * as Redacted from "effect/Redacted"
import { Secrets } from "../output/secrets.ts"
import { Configuration } from "./Configuration.ts"
import { invalidSetting } from "./problem.ts"
import { createSecretFile, readSecretFile } from "./secretFile.ts"

const setting = "seal_key_file (ONBEHALF_SEAL_KEY_FILE)"

/** None where the environment has it: the store reads it there, with the old ones. */
export const sealKey: Effect.Effect<
  Redacted.Redacted | undefined,
  TokenError,
  Configuration | FileSystem.FileSystem | Path.Path | Secrets
> = Effect.gen(function* () {
  const inEnvironment = yield* Config.String("ONBEHALF_SEAL_KEY").pipe(
    Effect.orElseSucceed(() => "")
  )
  if (inEnvironment !== "") return undefined
  const path = yield* sealKeyPath
  const key = yield* readSecretFile(setting, path)
  const secrets = yield* Secrets
  secrets.add(key)
  return key
})

/** The file that the settings name must be there; the one that nobody named is made. */
const sealKeyPath = Effect.gen(function* () {
  const { folder, value } = yield* Configuration
  const named = value("seal_key_file")
  if (named !== undefined) return named
  if (folder === undefined) {
    return yield* invalidSetting(
      setting,
      "must be given: this user has no home folder. Or use --store memory"
    )
  }
  const files = yield* FileSystem.FileSystem
  const path = (yield* Path.Path).join(folder, "seal-key")
  if (yield* Effect.orElseSucceed(files.exists(path), () => false)) return path
  yield* createSecretFile(path, yield* TokenSeal.newKey).pipe(
    Effect.catchTag("PlatformError", ({ reason }) =>
      reason._tag === "AlreadyExists"
        ? Effect.void
        : Effect.fail(
            invalidSetting(
              setting,
              `${path} cannot be made (${reason._tag}). Or use --store memory`
            )
          )
    )
  )
  return path
})
