/** What can be wrong between here and Nuapay. Nothing is sent but a greeting. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { lookup } from "node:dns/promises"
import { connect, type TLSSocket } from "node:tls"
import type { ClientCertificate } from "../configuration/clientCertificate.ts"
import { exitCode } from "../exitCode.ts"
import { type Finding, failure, ok, warning } from "./Finding.ts"

const patience = 5_000

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : "unknown"

/** Whether the name is known. */
export const dns = (origin: string): Effect.Effect<Finding> =>
  Effect.tryPromise({
    try: () => lookup(hostOf(origin)),
    catch: codeOf
  }).pipe(
    Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.fail("timeout") }),
    Effect.match({
      onSuccess: ({ address }) => ok("dns", `${hostOf(origin)} is ${address}`),
      onFailure: (code) =>
        failure(
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

const greet = (url: URL, own: ClientCertificate | undefined) =>
  Effect.callback<{ readonly protocol: string; readonly until: string }, string>((resume) => {
    const socket: TLSSocket = connect(
      {
        host: url.hostname,
        port: Number(url.port || 443),
        servername: url.hostname,
        ...(own === undefined ? {} : { cert: own.certificate, key: Redacted.value(own.key) })
      },
      () => {
        const until = socket.getPeerCertificate().valid_to
        resume(Effect.succeed({ protocol: socket.getProtocol() ?? "TLS", until }))
        socket.destroy()
      }
    )
    socket.on("error", (error) => resume(Effect.fail(codeOf(error))))
    return Effect.sync(() => socket.destroy())
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
