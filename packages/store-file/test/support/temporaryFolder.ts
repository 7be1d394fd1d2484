import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** A folder of mode 0700 that is gone with its scope. */
const folderIn = (parent: string): Effect.Effect<string, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(parent, "onbehalf-file-"))),
    (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
  )

export const temporaryFolder = folderIn(tmpdir())

/** In memory, where the machine has such a place: for files that are made and damaged by the ten thousand. */
export const memoryFolder = folderIn(existsSync("/dev/shm") ? "/dev/shm" : tmpdir())
