/** JSON on stdout. */
import * as Stream from "effect/Stream"

/** One value, indented, with a newline. */
export const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`

/** An array of values, each printed as it comes. Nothing before the first; unfinished when the stream fails. */
export const jsonArray = <A, E, R>(values: Stream.Stream<A, E, R>): Stream.Stream<string, E, R> =>
  values.pipe(
    Stream.zipWithIndex,
    Stream.map(([value, index]) => `${index === 0 ? "[" : ","}\n${JSON.stringify(value)}`),
    Stream.orElseIfEmpty(() => Stream.make("[")),
    Stream.concat(Stream.make("\n]\n"))
  )
