/** Keeps a value as the newest of a Map; beyond the maximum the oldest goes. */
export const remember = <K, A>(map: Map<K, A>, key: K, value: A, maximum: number): void => {
  map.delete(key)
  map.set(key, value)
  if (map.size <= maximum) return
  const oldest = map.keys().next()
  if (!oldest.done) map.delete(oldest.value)
}
