/**
 * Gives the entry of a Map that was set longest ago; whoever asks deletes it. A new iterator would walk over
 * all that was deleted before (200 µs at 100 000 entries), so this one stays where it got to.
 */
export const oldestOf = <K, A>(map: Map<K, A>): (() => readonly [K, A] | undefined) => {
  let entries: MapIterator<[K, A]> | undefined
  return () => {
    // Made late: an iterator that stands still keeps alive all that the Map has dropped since.
    entries ??= map.entries()
    const next = entries.next()
    if (!next.done) return next.value
    entries = map.entries()
    return entries.next().value
  }
}
