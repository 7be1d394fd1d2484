/**
 * Gives the entry of a Map that was set longest ago; whoever asks deletes it. A new iterator would walk over
 * all that was deleted before (200 µs at 100 000 entries), so this one stays where it got to.
 */
export const oldestOf = <K, A>(map: Map<K, A>): (() => readonly [K, A] | undefined) => {
  let entries = map.entries()
  return () => {
    const next = entries.next()
    if (!next.done) return next.value
    entries = map.entries()
    return entries.next().value
  }
}
