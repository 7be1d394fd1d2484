import { InvalidConfiguration, TokenError } from "@onbehalf/core/TokenError"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"

/** Where a server is, and who we are to it. */
export interface Address {
  readonly url: string
  readonly username: string | undefined
  readonly password: string | undefined
  readonly encrypted: boolean
}

/** What is sealed is no secret, but the password is; and what comes back could be replaced on the way. */
export const check = (
  url: Redacted.Redacted | string,
  unencrypted: boolean
): Effect.Effect<Address, TokenError> =>
  Effect.suspend(() => {
    // In JavaScript it may be nothing at all, which is no address.
    const text = Redacted.isRedacted(url) ? Redacted.value(url) : url
    const parsed = URL.canParse(text) ? new URL(text) : undefined
    if (parsed === undefined || !/^rediss?:$/.test(parsed.protocol) || parsed.hostname === "") {
      return invalid("must be an address such as rediss://user:password@redis.example:6380")
    }
    const encrypted = parsed.protocol === "rediss:"
    if (!encrypted && !unencrypted && !isLoopback(parsed.hostname)) {
      return invalid("must begin with rediss://, unless unencrypted is asked for")
    }
    return Effect.try({
      try: () => ({
        url: text,
        username: decodeURIComponent(parsed.username) || undefined,
        password: decodeURIComponent(parsed.password) || undefined,
        encrypted
      }),
      catch: () => wrong("must have its user and password percent-encoded")
    })
  })

/** Whether a server may be spoken to that a cluster has announced, in the way of the first that was named. */
export const mayTalkTo = (host: string, { encrypted }: Address, unencrypted: boolean): boolean =>
  encrypted || unencrypted || isLoopback(host)

/** A cluster has announced a server that lies elsewhere, and we would speak to it in the clear. */
export const announcedElsewhere = (): TokenError =>
  wrong(
    "leads to a cluster with servers elsewhere: must begin with rediss://, unless unencrypted is asked for"
  )

const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "[::1]" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host)

const wrong = (problem: string): TokenError =>
  new TokenError({ reason: new InvalidConfiguration({ setting: "url", problem }) })

const invalid = (problem: string): Effect.Effect<never, TokenError> => Effect.fail(wrong(problem))
