import type { Explanation } from "../Explanation.ts"
import type { TokenKey } from "../TokenKey.ts"
import type { Acquisition, Fetched } from "./acquisition.ts"
import type { Flights } from "./flights.ts"

export const explain = (
  { admission, ledger, now, store }: Acquisition,
  flights: Flights<Fetched>,
  key: TokenKey
): Explanation => {
  const time = now()
  const held = store.peek(key)
  const flight = flights.under(key)
  const record = ledger.record(key.text)
  const trouble = store.trouble()
  return {
    organisation: key.organisation,
    held:
      held === undefined
        ? undefined
        : {
            tokenId: held.token.id,
            age: time - held.lifetime.issued,
            renewalIn: held.lifetime.renewal - time,
            usableFor: Math.max(0, held.lifetime.limit - time)
          },
    flight: flight === undefined ? "none" : flight.urgent ? "fetching" : "renewing",
    failures: record.failures,
    renewalPausedFor: Math.max(0, record.renewNotBefore - time),
    lastError:
      record.lastError === undefined
        ? undefined
        : { error: record.lastError, ago: time - record.lastErrorAt },
    answersLost: record.answersLost,
    storeTrouble:
      trouble === undefined
        ? undefined
        : { operation: trouble.operation, problem: trouble.problem, ago: time - trouble.at },
    ...admission.state(key)
  }
}
