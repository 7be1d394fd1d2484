import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"

export type Isolated = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>

/**
 * How every request of ours goes out: redirects are not followed (they would carry the credentials along),
 * no cookies, no trace header for a third party, and no span of the platform's, because the error that such
 * a span ends with leads to the `Authorization` header. What else the user has set for `fetch` is kept.
 */
export const makeIsolated: Effect.Effect<Isolated> = Effect.map(
  Effect.serviceOption(FetchHttpClient.RequestInit),
  (own) => {
    const init = { ...Option.getOrUndefined(own), redirect: "manual", credentials: "omit" } as const
    return (effect) =>
      effect.pipe(
        Effect.provideService(FetchHttpClient.RequestInit, init),
        Effect.provideService(HttpClient.TracerDisabledWhen, () => true)
      )
  }
)
