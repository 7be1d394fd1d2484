/**
 * A token store in one SQLite file: for many processes on one machine, and for what comes after a restart.
 *
 * What was stored, removed or revoked is on the disk when the operation ends. The process itself never waits
 * for the disk or for another process: a thread of the store does.
 *
 * @since 0.1.0
 */
import type { StoreAdapter } from "@onbehalf/core"
import { InvalidConfiguration, TokenError } from "@onbehalf/core/TokenError"
import * as TokenSeal from "@onbehalf/core/TokenSeal"
import * as TokenStore from "@onbehalf/core/TokenStore"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as UserDirectories from "effect/persistence/UserDirectories"
import type * as Scope from "effect/Scope"
import { Buffer } from "node:buffer"
import * as crypto from "node:crypto"
import { resolve } from "node:path"
import type { Failure } from "./internal/failure.ts"
import { InProcess } from "./internal/inProcess.ts"
import { momentOf } from "./internal/moment.ts"
import * as Records from "./internal/records.ts"
import * as Store from "./internal/store.ts"
import { Thread } from "./internal/thread.ts"
import * as Writer from "./internal/writer.ts"

/**
 * Where the file is, and what its tokens are sealed with.
 *
 * @category models
 * @since 0.1.0
 */
export interface FileStoreOptions extends TokenSeal.SealOptions {
  /**
   * The folder that holds the file. Made with mode 0700 where it does not exist; refused where others could
   * read it. Default: `$XDG_STATE_HOME/onbehalf`, else the system's place for such files
   * (`~/.local/state/onbehalf`).
   */
  readonly directory?: string | undefined
  /**
   * Whether a thread of its own writes. Default: true. A program that lives for one question saves that thread's
   * start with `false`; it stands still itself then while the disk or another process holds it up, for 1.5
   * seconds at most at a time, and for 3 while it opens the file. It may be bundled.
   */
  readonly thread?: boolean | undefined
}

/**
 * The store for Effect users. Fails with `InvalidConfiguration` where the folder, the file or the seal key
 * must not be used; a disk in trouble fails the operations, not the layer.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (
  options: FileStoreOptions = {}
): Layer.Layer<TokenStore.TokenStore, TokenError> =>
  Layer.effect(TokenStore.TokenStore, make(options))

/**
 * The store for `createTokenBroker`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fileStore = (options?: FileStoreOptions): StoreAdapter => ({
  layer: layer(options)
})

/**
 * The store as a value, for a tier of another store. Fails as {@link layer} does.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (
  options: FileStoreOptions = {}
): Effect.fn.Return<TokenStore.TokenStore["Service"], TokenError, Scope.Scope> {
  const seal = yield* TokenSeal.make(options, crypto)
  const directory = yield* directoryOf(options)
  const clock = yield* Clock.Clock
  const hand = options.thread === false ? new InProcess(directory) : new Thread(directory)
  const writer = yield* Writer.make(hand, momentOf(clock))
  yield* opened(writer)
  return yield* Store.make(writer, Records.make(seal, clock))
})

const directoryOf = (options: FileStoreOptions): Effect.Effect<string, TokenError> =>
  Effect.filterOrElse(
    chosen(options),
    (path) => Buffer.byteLength(path) <= longestPath,
    () => invalid(`must be a path of ${longestPath} bytes at most: SQLite opens no longer one`)
  )

const chosen = ({ directory }: FileStoreOptions): Effect.Effect<string, TokenError> =>
  directory === undefined
    ? Effect.catch(UserDirectories.make().state("onbehalf"), () =>
        invalid("must be given: this user has no home folder")
      )
    : directory === "" || directory.includes("\0")
      ? invalid("must be the path of a folder")
      : Effect.try({
          try: () => resolve(directory),
          catch: () => undefined
        }).pipe(Effect.catch(() => invalid("must be an absolute path: the working folder is gone")))

/** SQLite's 512, less the file's own name and what it adds to that. */
const longestPath = 480

/** Somebody has to correct a folder that must not be used; a disk in trouble may recover. */
const opened = (writer: Writer.Writer): Effect.Effect<void, TokenError> =>
  Effect.catch(writer.ask("locate", { suspect: undefined }), ({ kind, problem }: Failure) => {
    if (kind === "refused") return invalid(problem)
    return kind === "busy"
      ? invalid(
          `${problem}: one that was stopped, or the file system has no locks: choose a folder on a local disk`
        )
      : Effect.void
  }).pipe(Effect.asVoid)

const invalid = (problem: string): Effect.Effect<never, TokenError> =>
  Effect.fail(
    new TokenError({ reason: new InvalidConfiguration({ setting: "directory", problem }) })
  )
