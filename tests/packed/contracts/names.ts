/**
 * The contracts beside this file name what users write: exports, options, methods, what errors say. They are checked here and against the packed
 * packages, and never run. What turns red is a change that breaks somebody's program, or something new that is not promised yet.
 */

/** What a type has of its own: neither what every error has, nor what is Effect's. */
type Own<A> = Exclude<
  keyof A & string,
  "pipe" | "toString" | `~${string}` | (A extends Error ? keyof Error : never)
>

/** The names in a type, or in each part of a union; with `?` where one may be left out. */
export type NamesOf<A> = A extends unknown
  ? { [K in Own<A>]-?: {} extends Pick<A, K> ? `${K}?` : K }[Own<A>]
  : never

/** Every promise that a module makes must hold. */
export type Contract<Promises extends ReadonlyArray<true>> = Promises

/** Has these names, and no other: a new one is written down where it is made. */
export type Has<A, Names extends NamesOf<A>> = [NamesOf<A>] extends [Names] ? true : false

/** Is one of these words, and no other. */
export type Is<A, Words extends A> = [A] extends [Words] ? true : false

/** Is there, whatever it is. */
export type Named<_A> = true
