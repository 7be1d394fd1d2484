import * as Schema from "effect/Schema"
import { ApiKey } from "./ApiKeys.ts"
import { Advance } from "./ControlApi.ts"
import { Fault, type ActiveFault } from "./Faults.ts"
import { isObject } from "./internal/answers.ts"
import { summary } from "./internal/controlHandlers.ts"
import type { Model } from "./Model.ts"
import type { LoggedRequest } from "./RequestLog.ts"

/**
 * What a list of merchants shows of each.
 *
 * @category models
 * @since 0.1.0
 */
export interface MerchantSummary {
  readonly id: string
  readonly name: string
  readonly status: string
}

/**
 * The controls of a simulator; all are synchronous and take effect at once.
 *
 * @category models
 * @since 0.1.0
 */
export interface SimulatorControls {
  /** The main partner's API key, as of now. */
  readonly apiKey: string
  /** The API key of any organisation by its id; nothing for an unknown id. */
  readonly apiKeys: { readonly of: (organisation: string) => string | undefined }
  /** The organisation that {@link apiKey} belongs to. */
  readonly partner: MerchantSummary
  /** The main partner's direct merchants; the first ten are ACTIVE. */
  readonly merchants: ReadonlyArray<MerchantSummary>
  /** Puts a fault in force and returns its id. Throws on a fault that is none. */
  readonly addFault: (fault: Fault) => string
  /** Takes one fault away; false when there is none of that id. */
  readonly removeFault: (id: string) => boolean
  readonly clearFaults: () => void
  /** The faults in force, with what is left of them. */
  readonly faults: ReadonlyArray<ActiveFault>
  /** The last 10 000 requests, oldest first. */
  readonly requests: ReadonlyArray<LoggedRequest>
  /** How often each operation was called. */
  readonly counters: Readonly<Record<string, number>>
  /** Gives the main partner a new API key; the old one is dead at once. Throws on a key that cannot be sent. */
  readonly replaceApiKey: (newKey: string) => void
  /** Moves the server's clock forward, so that tokens expire without waiting. Throws unless from 0 to 100 years. */
  readonly advanceClock: (millis: number) => void
  /** Forgets tokens, payments, faults, log, counters, a moved clock and a replaced key. */
  readonly reset: () => void
}

/** What is undefined is absent: most projects' TypeScript does not tell one from the other. */
const present = (given: unknown): unknown =>
  isObject(given)
    ? Object.fromEntries(
        Object.entries(given)
          .filter(([, value]) => value !== undefined)
          .map(([key, value]) => [key, key === "match" ? present(value) : value])
      )
    : given

/** The controls of a model. */
export const controlsOf = (model: Model): SimulatorControls => {
  const { apiKeys, directory, faults, log } = model
  // A misspelt field would be a fault that never ends or matches everything.
  const decodeFault = Schema.decodeUnknownSync(Fault, { onExcessProperty: "error" })
  const decodeKey = Schema.decodeUnknownSync(ApiKey)
  const decodeMillis = Schema.decodeUnknownSync(Advance)
  return {
    get apiKey() {
      return apiKeys.of(directory.partner.id) ?? ""
    },
    apiKeys: { of: apiKeys.of },
    partner: summary(directory.partner),
    merchants: directory.merchants.map(summary),
    addFault: (fault) => faults.add(decodeFault(present(fault))),
    removeFault: faults.remove,
    clearFaults: faults.clear,
    get faults() {
      return faults.active()
    },
    get requests() {
      return log.entries()
    },
    get counters() {
      return log.counters()
    },
    replaceApiKey: (newKey) => apiKeys.replace(decodeKey(newKey)),
    advanceClock: (millis) => model.advance(decodeMillis(millis)),
    reset: model.reset
  }
}

/** Gives an object the controls as well; what changes is read anew each time. */
export const withControls = <A extends object>(
  own: A,
  controls: SimulatorControls
): A & SimulatorControls => {
  const names = Object.getOwnPropertyDescriptors(controls)
  const added = Object.fromEntries(Object.entries(names).filter(([name]) => !(name in own)))
  return Object.defineProperties(own, added) as A & SimulatorControls
}
