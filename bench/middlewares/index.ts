import { awaitedMapByHand, bareExpress, bareExpressAgain, mapByHand } from "./limits.ts"
import type { Middleware } from "./middleware.ts"
import { onbehalfUnused, onbehalfUsed } from "./onbehalf.ts"
import { keepingSessions, limitingRate, verifyingTokens } from "./others.ts"
import { onbehalfOnSilence } from "./silent.ts"

/** Those that give what belongs to the request's merchant. */
export const giving: ReadonlyArray<Middleware> = [
  mapByHand,
  awaitedMapByHand,
  onbehalfUsed,
  keepingSessions,
  verifyingTokens
]

/** In the order of the tables; the first is what the others are compared with. */
export const middlewares: ReadonlyArray<Middleware> = [
  bareExpress,
  bareExpressAgain,
  mapByHand,
  awaitedMapByHand,
  onbehalfUnused,
  onbehalfUsed,
  limitingRate,
  keepingSessions,
  verifyingTokens
]

/** Those that a server can be asked to be. */
export const servable: ReadonlyArray<Middleware> = [...middlewares, onbehalfOnSilence]
