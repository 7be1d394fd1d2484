import { basic } from "./basic.ts"
import { bounds } from "./bounds.ts"
import { changes } from "./changes.ts"
import { concurrency } from "./concurrency.ts"
import { corruption } from "./corruption.ts"
import { expiry } from "./expiry.ts"
import { generations } from "./generations.ts"
import { isolation } from "./isolation.ts"
import { leases } from "./leases.ts"
import type { BrokenStore } from "./model.ts"
import { secrecy } from "./secrecy.ts"

/** Stores that keep every promise but one. */
export const brokenStores: ReadonlyArray<BrokenStore> = [
  ...basic,
  ...expiry,
  ...isolation,
  ...generations,
  ...leases,
  ...changes,
  ...concurrency,
  ...corruption,
  ...secrecy,
  ...bounds
]
