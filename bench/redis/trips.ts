/** How often Redis is asked: what MONITOR hears of one operation, without what scripts do inside. */
import { TokenStore } from "@onbehalf/core/TokenStore"
import * as TokenBroker from "@onbehalf/core/TokenBroker"
import { fromUrl } from "@onbehalf/store-redis"
import * as Partner from "@onbehalf/core/Partner"
import * as Grant from "@onbehalf/core/Grant"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import { createClient } from "redis"
import { gatekeeperLayer } from "../broker.ts"
import { life } from "../work.ts"
import { keyOf, sealKey } from "./onbehalf.ts"

export interface Trips {
  /** The most in each of several rounds. */
  readonly look: number
  readonly fetch: number
}

const rounds = 20

/** Counts what is asked between two marks of ours. The feed listens to itself all the time: that is no part of it. */
const counting = async (url: string) => {
  const [ears, marker] = [createClient({ url }), createClient({ url })]
  await Promise.all([ears.connect(), marker.connect()])
  let asked = 0
  let heard = (): void => undefined
  await ears.monitor((line) => {
    const text = String(line)
    if (text.includes('"ECHO" "mark"')) heard()
    else if (!text.includes(" lua]") && !/^\S+ \[[^\]]*\] "PUBLISH"/.test(text)) asked++
  })
  const mark = async () => {
    const seen = new Promise<void>((resolve) => (heard = resolve))
    await marker.echo("mark")
    await seen
  }
  return {
    during: async (operation: () => Promise<unknown>): Promise<number> => {
      await mark()
      asked = 0
      await operation()
      await mark()
      return asked
    },
    close: () => {
      ears.destroy()
      marker.destroy()
    }
  }
}

export const measureTrips = async (url: string): Promise<Trips> => {
  const layer = TokenBroker.layer({ expiresIn: life / 1000 }).pipe(
    Layer.provide(gatekeeperLayer(life)),
    Layer.provide(Partner.layer({ apiKey: Redacted.make("bench") })),
    Layer.provideMerge(fromUrl({ url, sealKey, prefix: "trips:", timeout: 10_000 }))
  )
  const runtime = ManagedRuntime.make(layer)
  const { close, during } = await counting(url)
  const fetch = (merchant: string) =>
    runtime.runPromise(
      TokenBroker.TokenBroker.use((broker) =>
        Effect.flatMap(Grant.forOrganisation(merchant, { scopes: ["admin"] }), broker.acquire)
      )
    )
  const look = (merchant: string) =>
    runtime.runPromise(TokenStore.use((store) => store.get(keyOf(merchant))))
  // Scripts are sent once in full.
  await fetch("merchant")
  await look("merchant")
  let most = { look: 0, fetch: 0 }
  for (let round = 0; round < rounds; round++) {
    const merchant = `merchant-${round}`
    const fetched = await during(() => fetch(merchant))
    const looked = await during(() => look(merchant))
    most = { look: Math.max(most.look, looked), fetch: Math.max(most.fetch, fetched) }
  }
  close()
  await runtime.dispose()
  return most
}
