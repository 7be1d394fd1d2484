import {
  accessSync,
  constants,
  lstatSync,
  readdirSync,
  type Stats,
  statfsSync,
  statSync
} from "node:fs"
import { refusal } from "./failure.ts"
import { ownUser, platform } from "./host.ts"

/** Which inode a path leads to. */
export interface Inode {
  readonly dev: number
  readonly ino: number
}

/** Refuses a folder that others could read or write, or that lies where files cannot be shared safely. */
export const checkFolder = (path: string): void => {
  const stats = lstatSync(path)
  if (stats.isSymbolicLink()) {
    throw refusal(`${path} is a symbolic link: name the folder that it leads to`)
  }
  if (!stats.isDirectory()) throw refusal(`${path} is not a folder`)
  checkOwner(path, stats)
  checkMode(path, stats, "700")
  checkFileSystem(path)
  try {
    accessSync(path, constants.W_OK)
  } catch {
    throw refusal(`${path} cannot be written: choose another folder, or mount it read-write`)
  }
}

/** Refuses a file that could be somebody else's, or be read by others. Nothing, where there is none. */
export const checkFile = (path: string): Inode | undefined => {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  if (stats === undefined) return undefined
  if (stats.isSymbolicLink()) throw refusal(`${path} is a symbolic link: delete it`)
  if (!stats.isFile()) throw refusal(`${path} is not a regular file: move it away`)
  if (stats.nlink > 1) {
    throw refusal(`${path} has another name elsewhere (a hard link): move it away`)
  }
  checkOwner(path, stats)
  checkMode(path, stats, "600")
  return stats
}

/** Whether the path still leads there. */
export const leadsTo = (path: string, { dev, ino }: Inode): boolean => {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  return stats !== undefined && stats.ino === ino && stats.dev === dev
}

/**
 * Refuses where the files that were checked by name are not the ones that this process has open: somebody
 * put others in their place in between. Only Linux lets us see.
 */
export const checkDescriptors = (paths: ReadonlyArray<string>): void => {
  const open = openInodes()
  if (open === undefined) return
  for (const path of paths) {
    const inode = checkFile(path)
    if (inode === undefined || !open.has(nameOf(inode))) {
      throw refusal(`${path} was exchanged while it was opened`)
    }
  }
}

const descriptors = "/proc/self/fd"

const openInodes = (): ReadonlySet<string> | undefined => {
  if (platform !== "linux") return undefined
  const inodes = readdirSync(descriptors).map((name) =>
    // The descriptor of this very listing is gone by now.
    statSync(`${descriptors}/${name}`, { throwIfNoEntry: false })
  )
  return new Set(inodes.flatMap((stats) => (stats === undefined ? [] : [nameOf(stats)])))
}

const nameOf = ({ dev, ino }: Inode): string => `${dev}:${ino}`

const checkOwner = (path: string, { uid }: Stats): void => {
  // Windows knows no numbers for users: its access lists are the administrator's business.
  const own = ownUser()
  if (own !== undefined && uid !== own) {
    throw refusal(
      `${path} belongs to user ${uid}, but this process runs as ${own}: run it as that user, or choose another folder`
    )
  }
}

const checkMode = (path: string, { mode }: Stats, wanted: string): void => {
  if (platform !== "win32" && (mode & 0o077) !== 0) {
    const found = (mode & 0o777).toString(8)
    throw refusal(`${path} is open to other users (mode ${found}): chmod ${wanted} ${path}`)
  }
}

/** File systems of Linux that are shared between machines: processes there cannot share memory. */
const networkFileSystems: Readonly<Record<number, string>> = {
  0x6969: "NFS",
  0x517b: "SMB",
  0xfe534d42: "SMB",
  0xff534d42: "CIFS",
  0x01021997: "9P",
  0x00c36400: "Ceph",
  0x0bd00bd0: "Lustre",
  0x01161970: "GFS2",
  0x47504653: "GPFS",
  0x19830326: "BeeGFS",
  0x5346414f: "AFS",
  0x6b414653: "AFS",
  0x73757245: "Coda"
}

const checkFileSystem = (path: string): void => {
  const name = platform === "linux" ? networkFileSystems[statfsSync(path).type] : undefined
  if (name !== undefined) {
    throw refusal(
      `${path} lies on a network file system (${name}): choose a folder on a local disk, or use Redis to share tokens between machines`
    )
  }
}
