import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { InProcess } from "../../src/internal/inProcess.ts"
import { momentOf } from "../../src/internal/moment.ts"
import * as Writer from "../../src/internal/writer.ts"

/** A writer without a thread. */
export const directWriter = (directory: string) =>
  Effect.flatMap(Clock.Clock, (clock) => Writer.make(new InProcess(directory), momentOf(clock)))
