/** `NODE_DEBUG`: where it names a part of Node, that part prints what it is given, and secrets with it. */
import type { TokenError } from "@onbehalf/core/TokenError"
import * as Effect from "effect/Effect"
import { isPrinted } from "../host/environment.ts"
import { invalidSetting } from "./problem.ts"

/** For what gives a secret to these parts: it is left undone where one of them would print it. */
export const refusePrinting = (...parts: ReadonlyArray<string>): Effect.Effect<void, TokenError> =>
  Effect.suspend(() => {
    const part = parts.find(isPrinted)
    return part === undefined
      ? Effect.void
      : Effect.fail(invalidSetting("NODE_DEBUG", `prints secrets: leave ${part} out of it`))
  })
