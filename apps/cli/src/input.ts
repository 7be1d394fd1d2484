/** What comes on stdin. */
import * as Effect from "effect/Effect"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"

/** Parts of stdin that are read: a key or a token is 16 KiB at most, and whoever sends more does not fill memory. */
const parts = 16

/** All of it, for what is short. */
export const shortText = Effect.flatMap(Stdio.Stdio, ({ stdin }) =>
  Stream.mkString(Stream.decodeText(Stream.take(stdin, parts)))
)
