import { bare } from "./bare.ts"
import { conf } from "./conf.ts"
import type { FileKeeper } from "./keeper.ts"
import { keyvFile } from "./keyvFile.ts"
import { onbehalfPlain, onbehalfSealed } from "./onbehalf.ts"

/** The limit first. */
export const fileKeepers: ReadonlyArray<FileKeeper> = [
  bare,
  onbehalfSealed,
  onbehalfPlain,
  conf,
  keyvFile
]
