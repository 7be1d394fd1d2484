import { failureOf, refusal } from "./failure.ts"
import * as Folders from "./folder.ts"
import { isWhole, type OpenFile, openFile } from "./openFile.ts"
import type { Suspect } from "./requests.ts"
import { leadsTo } from "./safety.ts"

/** The newest file of a folder, opened when it is needed. */
export interface CurrentFile {
  /** @param wall the time of day, should a file have to be made */
  readonly use: (wall: number) => OpenFile
  /** Whether it is in use still, and not set aside by another process. */
  readonly isInUse: (file: OpenFile) => boolean
  /** Closes it; the next use opens the newest. */
  readonly forget: () => void
  /** Sets the file aside if it is the one in use and damaged indeed. */
  readonly judge: (suspect: Suspect) => void
}

/** A file may be damaged, or set aside by another process, once or twice in a row. */
const maximumAttempts = 3

export const make = (directory: string): CurrentFile => {
  let current: OpenFile | undefined

  const forget = (): void => {
    const file = current
    current = undefined
    file?.close()
  }

  const open = (wall: number): OpenFile => {
    const folder = Folders.open(directory)
    for (let attempt = 0; attempt < maximumAttempts; attempt++) {
      const path = folder.newest()
      try {
        const file = openFile(path, wall)
        if (file !== undefined) return file
      } catch (error) {
        const { kind } = failureOf(error)
        if (kind !== "damaged" && kind !== "doubtful") throw error
        if (kind === "damaged" || !isWhole(path)) folder.setAside(path)
      }
    }
    throw refusal(`${directory} holds damaged files only`)
  }

  return {
    use: (wall) => (current ??= open(wall)),
    isInUse: ({ inode, path }) => leadsTo(path, inode),
    forget,
    judge: ({ isCertain, path }) => {
      if (path !== current?.path) return
      forget()
      if (isCertain || !isWhole(path)) Folders.open(directory).setAside(path)
    }
  }
}
