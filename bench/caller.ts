import { do_not_optimize } from "mitata"

/** The next call: looks up whose turn it is, and asks for that key. */
export const caller =
  <A>(
    get: (key: string, index: number) => A,
    keys: ReadonlyArray<string>,
    next: () => number
  ): (() => A) =>
  () => {
    const index = next()
    const given = get(keys[index] ?? "", index)
    do_not_optimize(given)
    return given
  }
