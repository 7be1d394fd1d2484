import { AccessToken, TokenId } from "@onbehalf/core"
import * as Gatekeeper from "@onbehalf/core/Gatekeeper"
import * as Grant from "@onbehalf/core/Grant"
import * as Partner from "@onbehalf/core/Partner"
import * as TokenBroker from "@onbehalf/core/TokenBroker"
import * as MemoryStore from "@onbehalf/store-memory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import { tokenFor } from "./peer.ts"
import { keysOf } from "./warm.ts"

/** Merchants with ten-second tokens, each asked for about once a second. */
export interface RenewalFigures {
  readonly seconds: number
  readonly requests: number
  /** Fraction of one core, beyond the same demand on a bare Map. */
  readonly cpu: number
  /** Bytes of heap beyond the tokens that were held at the start. */
  readonly heap: number
  /** Calls that found no valid token held. */
  readonly missed: number
}

export const merchants = 10_000
const slices = 100

/** Asks for a hundredth of the merchants every ten milliseconds. Seconds of CPU that it took. */
const demand = async (seconds: number, ask: (index: number) => void): Promise<number> => {
  const before = process.cpuUsage()
  const began = performance.now()
  const slice = merchants / slices
  for (let tick = 0; tick < seconds * slices; tick++) {
    const start = (tick % slices) * slice
    for (let index = start; index < start + slice; index++) ask(index)
    const due = began + ((tick + 1) * 1_000) / slices
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())))
  }
  const used = process.cpuUsage(before)
  return (used.user + used.system) / 1e6
}

const heap = (): number => {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

/** Nuapay without HTTP: what is measured is the broker, not JSON. */
const gatekeeper = (count: { requests: number }) =>
  Layer.mock(Gatekeeper.Gatekeeper, {
    requestToken: (grant) => {
      const organisation = Grant.organisationOf(grant) ?? ""
      const token = new AccessToken({
        id: TokenId.make(`${organisation}-${count.requests++}`),
        organisation,
        scopes: ["admin"],
        resourceId: undefined,
        // A text of its own for each: the same would be the same token.
        value: Redacted.make(`${count.requests}${tokenFor(organisation)}`)
      })
      return Effect.succeed({ token, life: 10_000 })
    }
  })

export const measureRenewal = async (seconds: number): Promise<RenewalFigures> => {
  const keys = keysOf(merchants)
  const map = new Map(keys.map((key) => [key, { token: tokenFor(key), until: Date.now() + 1e9 }]))
  const idle = await demand(seconds, (index) => map.get(keys[index] ?? ""))
  const count = { requests: 0, missed: 0 }
  const runtime = ManagedRuntime.make(
    TokenBroker.layer().pipe(
      Layer.provide(gatekeeper(count)),
      Layer.provide(MemoryStore.layer()),
      Layer.provide(Partner.layer({ apiKey: Redacted.make("bench") }))
    )
  )
  const broker = await runtime.runPromise(TokenBroker.TokenBroker)
  const sources = await runtime.runPromise(
    Effect.forEach(keys, (key) =>
      Effect.flatMap(
        Grant.forOrganisation(key, { scopes: ["admin"], expiresIn: 10 }),
        broker.source
      )
    )
  )
  await runtime.runPromise(Effect.forEach(sources, (source) => source.token()))
  const before = heap()
  const first = count.requests
  const busy = await demand(seconds, (index) => {
    if (sources[index]?.peek() === undefined) count.missed++
  })
  const after = heap()
  await runtime.dispose()
  return {
    seconds,
    requests: count.requests - first,
    cpu: (busy - idle) / seconds,
    heap: after - before,
    missed: count.missed
  }
}
