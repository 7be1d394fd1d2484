import * as Schema from "effect/Schema"

const optional = Schema.optionalKey
const millis = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 86_400_000 }))
const status = Schema.Int.check(Schema.isBetween({ minimum: 200, maximum: 599 }))

/** What Node and `Headers` take in a header: anything else would be a 500 in place of the fault. */
const headerValue = Schema.String.check(Schema.isPattern(/^[\t\x20-\x7e\x80-\xff]*$/))
const headerName = Schema.String.check(Schema.isPattern(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/))

/** Which requests a fault is for; an absent field matches everything. */
export const FaultMatch = Schema.Struct({
  method: optional(Schema.String),
  /** The whole path; `*` stands for anything within a segment, `**` for anything. */
  path: optional(Schema.String.check(Schema.isMaxLength(512))),
  /** The operation's name, for example `requestTokenForOrganisation`. */
  operation: optional(Schema.String),
  /** The organisation in the path, else the caller's own. */
  organisation: optional(Schema.String)
})

const common = {
  match: optional(FaultMatch),
  /** How many matching requests it is put into; absent: until it is removed. */
  times: optional(Schema.Int.check(Schema.isGreaterThan(0))),
  /** How many matching requests pass unharmed first. Default 0. */
  after: optional(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)))
}

const fault = <const Kind extends string, Fields extends Schema.Struct.Fields>(
  kind: Kind,
  fields: Fields
) => Schema.Struct({ kind: Schema.Literal(kind), ...common, ...fields })

const headers = optional(Schema.Record(headerName, headerValue))

/** Answers with a status and the error envelope; nothing is done. */
const StatusFault = fault("status", {
  status,
  /** Sent as `Retry-After`: seconds, or any text such as a date. */
  retryAfter: optional(Schema.Union([Schema.Finite, headerValue])),
  /** Sent as `X-Rate-Limit-Reset`. */
  rateLimitReset: optional(Schema.Finite),
  headers,
  /** Sent instead of the envelope: a text as it is, anything else as JSON. */
  body: optional(Schema.Unknown),
  /** Content type of a `body` that is a text. Default `text/plain`. */
  contentType: optional(headerValue)
})

/** Changes the answer of an operation that ran. */
const OverrideFault = fault("override", {
  status: optional(status),
  /** Merged into the answer's `data`. */
  data: optional(Schema.Record(Schema.String, Schema.Unknown)),
  /** Merged into the answer itself. */
  body: optional(Schema.Record(Schema.String, Schema.Unknown))
})

/**
 * The closed set of faults.
 *
 * @category faults
 * @since 0.1.0
 */
export const Fault = Schema.Union([
  StatusFault,
  fault("latency", { ms: millis }),
  fault("clockSkew", { ms: Schema.Finite }),
  fault("hang", {}),
  fault("reset", { when: optional(Schema.Literals(["before", "during", "after"])) }),
  fault("redirect", { location: headerValue, status: optional(status) }),
  fault("html", { status: optional(status) }),
  fault("malformedJson", {}),
  fault("emptyBody", { status: optional(status) }),
  fault("oversizedBody", { bytes: optional(Schema.Int.check(Schema.isGreaterThan(0))) }),
  fault("slowBody", { chunkBytes: optional(Schema.Int), everyMs: optional(millis) }),
  fault("wrongOrganisation", { organisation: optional(Schema.String) }),
  fault("repeatedToken", {}),
  fault("expiredOnArrival", {}),
  fault("missingFields", { fields: Schema.Array(Schema.String) }),
  OverrideFault,
  fault("objectDetails", {})
])

/**
 * One scripted fault.
 *
 * @category faults
 * @since 0.1.0
 */
export type Fault = typeof Fault.Type

/**
 * A fault that is in force, with what is left of it.
 *
 * @category faults
 * @since 0.1.0
 */
export interface ActiveFault {
  readonly id: string
  readonly fault: Fault
  /** How many requests it was put into. */
  readonly used: number
  /** How many requests matched it. */
  readonly seen: number
}

/** What a request is matched by. */
export interface FaultTarget {
  readonly method: string
  readonly path: string
  readonly operation: string
  readonly organisation: string | undefined
}

/** The faults in force. */
export interface Faults {
  readonly add: (fault: Fault) => string
  readonly remove: (id: string) => boolean
  readonly clear: () => void
  readonly active: () => ReadonlyArray<ActiveFault>
  /**
   * The faults for a request, taken off their counts: every matching `latency` and `clockSkew`, and
   * the first matching one of the others, in the order in which they were added.
   */
  readonly take: (target: FaultTarget) => ReadonlyArray<Fault>
}

/** No more faults than this are in force at once; the oldest go first. */
export const mostFaults = 1_000

const globs = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .split(/(\*{1,2})/)
      .map((part) => {
        if (part === "**") return ".*"
        return part === "*" ? "[^/]*" : part.replace(/[^A-Za-z0-9_/]/g, (sign) => `\\${sign}`)
      })
      .join("")}$`
  )

const matches = (fault: Fault, target: FaultTarget): boolean => {
  const match = fault.match ?? {}
  if (match.method !== undefined && match.method.toUpperCase() !== target.method) return false
  if (match.operation !== undefined && match.operation !== target.operation) return false
  if (match.organisation !== undefined && match.organisation !== target.organisation) return false
  return match.path === undefined || globs(match.path).test(target.path)
}

const combines = (fault: Fault) => fault.kind === "latency" || fault.kind === "clockSkew"

/** Builds an empty set. */
export const makeFaults = (): Faults => {
  const active = new Map<string, ActiveFault>()
  let added = 0
  return {
    add: (fault) => {
      added += 1
      const id = `fault-${added}`
      active.set(id, { id, fault, used: 0, seen: 0 })
      for (const oldest of active.keys()) {
        if (active.size <= mostFaults) break
        active.delete(oldest)
      }
      return id
    },
    remove: (id) => active.delete(id),
    clear: () => active.clear(),
    active: () => [...active.values()],
    take: (target) => {
      const taken: Array<Fault> = []
      let answered = false
      for (const entry of active.values()) {
        const { fault, id } = entry
        if ((answered && !combines(fault)) || !matches(fault, target)) continue
        const seen = entry.seen + 1
        const passes = seen <= (fault.after ?? 0)
        const used = passes ? entry.used : entry.used + 1
        active.set(id, { ...entry, seen, used })
        if (passes) continue
        if (used === fault.times) active.delete(id)
        if (!combines(fault)) answered = true
        taken.push(fault)
      }
      return taken
    }
  }
}
