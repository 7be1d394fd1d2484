/** What may be there already: then nothing waits, and no promise is made. */
export type MaybePromise<A> = A | PromiseLike<A>

export const isPromiseLike = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === "object" && value !== null && "then" in value && typeof value.then === "function"

export const chain = <A, B>(
  value: MaybePromise<A>,
  next: (value: A) => MaybePromise<B>
): MaybePromise<B> => (isPromiseLike(value) ? Promise.resolve(value).then(next) : next(value))
