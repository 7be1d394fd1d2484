/** `onbehalf doctor`: what is wrong, and what to do. */
import { Partner } from "@onbehalf/core/Partner"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { clientCertificate } from "../configuration/clientCertificate.ts"
import * as Account from "../doctor/account.ts"
import type { Finding } from "../doctor/Finding.ts"
import * as Machine from "../doctor/machine.ts"
import * as Network from "../doctor/network.ts"
import * as Proxy from "../doctor/proxy.ts"
import { Ended } from "../Ended.ts"
import { exitCode } from "../exitCode.ts"
import { type List, printList } from "../output/list.ts"
import { waiting } from "../output/progress.ts"
import * as Services from "../services.ts"

const findings: List<Finding> = {
  columns: [
    { heading: "CHECK", cell: ({ check }) => check, atLeast: "client certificate".length },
    { heading: "RESULT", cell: ({ status }) => status, atLeast: "failure".length },
    { heading: "DETAIL", cell: ({ detail }) => detail, shrinks: true }
  ],
  value: ({ check, detail, status }) => ({ check, status, detail })
}

const json = Flag.Boolean("json").pipe(
  Flag.withDescription("For programs: an array"),
  Flag.withDefault(false)
)

/** `onbehalf doctor`. */
export const doctor = Command.make(
  "doctor",
  { json },
  Effect.fnUntraced(function* (given) {
    let code: number = exitCode.ok
    const found = Stream.fromIterable(yield* checks).pipe(
      Stream.mapEffect(waiting("checking")),
      Stream.tap((finding) =>
        Effect.sync(() => {
          if (code === exitCode.ok) code = finding.code
        })
      )
    )
    yield* printList(findings, found, given.json ? "json" : "table")
    if (code !== exitCode.ok) return yield* new Ended({ code })
  })
).pipe(
  Command.withDescription(
    "Check Node, settings, network, clock, API key, account, store and permissions; each line says what to do. The exit code is that of the first failure"
  ),
  Command.withExamples([
    { command: "onbehalf doctor" },
    { command: "onbehalf doctor --profile live --json | jq '.[] | select(.status != \"ok\")'" }
  ]),
  // Read once for all checks: stdin, where the key may be, gives it once. What is wrong with it, they tell.
  Command.provide(Layer.catchTag(Services.configuration, "TokenError", () => Layer.empty))
)

/** In the order in which one failure explains the next. */
const checks = Effect.gen(function* () {
  const local = [
    Effect.sync(() => Machine.node()),
    Effect.sync(() => Machine.nodeSettings()),
    Account.configuration,
    Account.apiKey,
    Account.store,
    Account.sealKey,
    Account.clientCertificate
  ]
  const partner = yield* Effect.result(Effect.provide(Partner, Services.partner))
  if (partner._tag === "Failure") return local
  const { origin } = partner.success
  const certificate = yield* Effect.orElseSucceed(
    Effect.provide(clientCertificate, Services.configuration),
    () => undefined
  )
  const now = yield* Clock.currentTimeMillis
  const proxy = Proxy.proxySettings()
  const hasProxy = proxy?.inUse === true && certificate === undefined
  return [
    ...local,
    Effect.succeed(Proxy.proxy(proxy, certificate !== undefined)),
    Network.dns(origin, hasProxy),
    Network.tls(origin, now, certificate),
    clock(origin),
    Account.account
  ]
})

const patience = "5 seconds"

/** Any answer will do: even a refusal has a date. */
const clock = (origin: string) =>
  HttpClient.get(origin).pipe(
    Effect.timeout(patience),
    Effect.map(({ headers }) => headers["date"]),
    Effect.provide(Services.transport),
    Effect.orElseSucceed(() => undefined),
    Effect.flatMap((date) =>
      Effect.map(Clock.currentTimeMillis, (now) => Network.clockSkew(date, now))
    )
  )
