/** The API key: from stdin, from the environment, or from a file that is its owner's alone. */
import type { TokenError } from "@onbehalf/core/TokenError"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Redacted from "effect/Redacted"
import type * as Stdio from "effect/Stdio"
import { inputProblem, shortText } from "../input.ts"
import { Secrets } from "../output/secrets.ts"
import { hasSecretArgument, secretArgument } from "../secretArguments.ts"
import { invalidSetting } from "./problem.ts"
import { readSecretFile } from "./secretFile.ts"

/** The key and where it came from. Empty where there is none. */
export interface ApiKey {
  readonly key: Redacted.Redacted
  readonly source: string
}

/** Where it may be. */
export interface ApiKeySources {
  readonly stdin: boolean
  readonly environment: string | undefined
  readonly file: string | undefined
}

/** The first that there is. From then on nothing that is said holds it. */
export const apiKeyFrom = (
  sources: ApiKeySources
): Effect.Effect<ApiKey, TokenError, FileSystem.FileSystem | Stdio.Stdio | Secrets> =>
  Effect.tap(find(sources), ({ key }) =>
    Effect.gen(function* () {
      const secrets = yield* Secrets
      secrets.add(key)
      if (yield* hasSecretArgument) return yield* invalidSetting("The command line", secretArgument)
    })
  )

const find = ({
  environment,
  file,
  stdin
}: ApiKeySources): Effect.Effect<ApiKey, TokenError, FileSystem.FileSystem | Stdio.Stdio> => {
  if (stdin) return Effect.map(fromStdin, (key) => ({ key, source: "--api-key-stdin" }))
  if (environment !== undefined) {
    return Effect.succeed({ key: Redacted.make(environment), source: "NUAPAY_API_KEY" })
  }
  return file === undefined
    ? Effect.succeed({ key: Redacted.make(""), source: "nowhere" })
    : Effect.map(readSecretFile("api_key_file", file), (key) => ({ key, source: file }))
}

const fromStdin = shortText.pipe(
  Effect.mapError((error) => invalidSetting("--api-key-stdin", inputProblem(error))),
  Effect.map((text) => Redacted.make(text.replace(/\r?\n$/, "")))
)
