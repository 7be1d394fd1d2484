/** What can be wrong between here and Nuapay. Nothing secret is sent. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { lookup } from "node:dns/promises"
import { request } from "node:https"
import type { TLSSocket } from "node:tls"
import type { ClientCertificate } from "../configuration/clientCertificate.ts"
import { exitCode } from "../exitCode.ts"
import { type Finding, failure, ok, warning } from "./Finding.ts"

const patience = 5_000

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : "unknown"

/** Whether the name is known. Behind a proxy it need not be known here. */
export const dns = (origin: string, hasProxy: boolean): Effect.Effect<Finding> =>
  Effect.tryPromise({
    try: () => lookup(hostOf(origin)),
    catch: codeOf
  }).pipe(
    Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.fail("timeout") }),
    Effect.match({
      onSuccess: ({ address }) => ok("dns", `${hostOf(origin)} is ${address}`),
      onFailure: (code) =>
        hasProxy
          ? ok("dns", `${hostOf(origin)} has no address here (${code}): that is left to the proxy`)
          : failure(
              "dns",
              `${hostOf(origin)} has no address (${code}): check the name, the network and the resolver`,
              exitCode.upstream
            )
    })
  )

/** Days in which a certificate should have been replaced. */
export const soon = 14

/** Whole days that a certificate is good for. */
export const daysUntil = (end: number, now: number): number => Math.floor((end - now) / 86_400_000)

/** Whether its certificate is good. */
export const tls = (
  origin: string,
  now: number,
  own: ClientCertificate | undefined
): Effect.Effect<Finding> => {
  const url = new URL(origin)
  if (url.protocol === "http:") return Effect.succeed(ok("tls", "plain http, on this machine only"))
  return greet(url, own).pipe(
    Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.fail("timeout") }),
    Effect.match({
      onSuccess: ({ protocol, until }) => {
        const days = daysUntil(Date.parse(until), now)
        const detail = `${protocol}, certificate good for ${days} days`
        return days < soon ? warning("tls", detail) : ok("tls", detail)
      },
      onFailure: (code) =>
        failure(
          "tls",
          `no secure connection (${code}): check proxy and firewall; a private authority goes into NODE_EXTRA_CA_CERTS`,
          exitCode.upstream
        )
    })
  )
}

const hostOf = (origin: string): string => new URL(origin).hostname.replace(/^\[|\]$/g, "")

/** As all requests go: Node's own agent knows the proxies. With a certificate the connection is a direct one. */
const greet = (url: URL, own: ClientCertificate | undefined) =>
  Effect.callback<{ readonly protocol: string; readonly until: string }, string>((resume) => {
    const certificate =
      own === undefined ? {} : { cert: own.certificate, key: Redacted.value(own.key), agent: false }
    const asked = request(url, { method: "HEAD", ...certificate }, ({ socket }) => {
      const secure = socket as TLSSocket
      const until = secure.getPeerCertificate().valid_to
      resume(Effect.succeed({ protocol: secure.getProtocol() ?? "TLS", until }))
      asked.destroy()
    })
    asked.on("error", (error) => resume(Effect.fail(codeOf(error))))
    asked.end()
    return Effect.sync(() => asked.destroy())
  })

/** Seconds that a clock may be off before people wonder. */
const tolerable = 5

/** Whether this machine's clock is right. @param date of an answer, as it was sent */
export const clockSkew = (date: string | undefined, now: number): Finding => {
  const theirs = date === undefined ? Number.NaN : Date.parse(date)
  if (Number.isNaN(theirs)) return warning("clock", "the server does not say what time it has")
  const seconds = Math.round((now - theirs) / 1000)
  const ahead = seconds > 0 ? "ahead of" : "behind"
  return Math.abs(seconds) <= tolerable
    ? ok("clock", "the same time as the server, within 5 s")
    : warning(
        "clock",
        `${Math.abs(seconds)} s ${ahead} the server: let NTP set it. Tokens are counted from when they came, so they work all the same`
      )
}
