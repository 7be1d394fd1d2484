/** Tokens kept in files: a put that is on the disk when it ends, and a get, by how many records there are. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { printFigures, progress } from "./child.ts"
import { fileKeepers } from "./files/index.ts"
import type { OpenKeeper } from "./files/keeper.ts"
import { type Label, label } from "./peer.ts"
import { keysOf, median } from "./work.ts"

/** Numbers of records held. */
export const records = [1, 10_000] as const

export interface FileRow extends Label {
  /** Median nanoseconds for each of `records`. */
  readonly put: ReadonlyArray<number>
  readonly get: ReadonlyArray<number>
}

/** Milliseconds that a contender may take for its samples in one round. */
const enough = 1_000

/** Nanoseconds of each call, on keys all over. */
const sample = async (
  call: (key: string) => unknown,
  keys: ReadonlyArray<string>,
  most: number
): Promise<ReadonlyArray<number>> => {
  const samples: Array<number> = []
  const until = performance.now() + enough
  for (let index = 0; samples.length < most && performance.now() < until; index += 7_919) {
    const key = keys[index % keys.length] ?? ""
    const began = performance.now()
    await call(key)
    samples.push((performance.now() - began) * 1e6)
  }
  return samples
}

interface Contender {
  readonly keys: ReadonlyArray<string>
  readonly open: OpenKeeper
  readonly put: Array<number>
  readonly get: Array<number>
}

const openAll = (folder: string, keys: ReadonlyArray<string>) => {
  progress(`file, ${keys.length} records`)
  return Promise.all(
    fileKeepers.map(async (keeper, index): Promise<Contender> => {
      const own = join(folder, String(index))
      mkdirSync(own, { recursive: true, mode: 0o700 })
      const open = await keeper.open(own)
      await open.fill(keys)
      return { keys, open, put: [], get: [] }
    })
  )
}

/** All sizes in each round: a disk that others use is faster at one time than at another. */
const measureFile = async (isQuick: boolean): Promise<ReadonlyArray<FileRow>> => {
  const folder = mkdtempSync(join(tmpdir(), "onbehalf-bench-"))
  const bySize: Array<ReadonlyArray<Contender>> = []
  for (const size of records) bySize.push(await openAll(join(folder, String(size)), keysOf(size)))
  for (let round = 0; round < (isQuick ? 2 : 7); round++) {
    for (const { get, keys, open, put } of bySize.flat()) {
      put.push(median(await sample(open.put, keys, 300)))
      get.push(median(await sample(open.get, keys, 2_000)))
    }
  }
  for (const { open } of bySize.flat()) await open.close?.()
  rmSync(folder, { recursive: true })
  return fileKeepers.map((keeper, index) => ({
    ...label(keeper),
    put: bySize.map((contenders) => median(contenders[index]?.put ?? [])),
    get: bySize.map((contenders) => median(contenders[index]?.get ?? []))
  }))
}

if (import.meta.main) await printFigures(measureFile)
