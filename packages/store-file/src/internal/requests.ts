import type { Failure } from "./failure.ts"

/** What the writing thread is asked for, and what it answers. Plain data: it crosses threads. */

/** Both clocks of the machine, in milliseconds; read by the asking thread. */
export interface Moment {
  /** Of the day. May be set, forward and back. */
  readonly wall: number
  /** Since the machine started, the same in all processes. Stands still while the machine sleeps. */
  readonly uptime: number
}

/** A token as the file holds it. Only the record is secret. */
export interface Row {
  readonly owner: string
  /** `null` for the caller itself. */
  readonly organisation: string | null
  readonly id: string
  /** Of the owner, when it was asked for. */
  readonly generation: number
  readonly storedAt: Moment
  /** Milliseconds until the token's end, when it was stored. */
  readonly remaining: number
  readonly record: Uint8Array
  /** Its owner was not revoked since, and its fence is one that was given. */
  readonly isCurrent: boolean
}

/** A row before it is put. */
export type NewRow = Omit<Row, "generation" | "isCurrent">

export interface PutRequest {
  readonly key: string
  readonly row: NewRow
  readonly generation: number
  /** Of the lease that this process holds on the key; 0 without one. */
  readonly fence: number
}

export interface LeaseRequest {
  readonly key: string
  readonly holder: string
  /** Milliseconds. */
  readonly atMost: number
}

/** Which file is in use. */
export interface Location {
  readonly path: string
  /** A random name that is in the file itself. */
  readonly identity: string
}

/** A file that a reader has found damaged. */
export interface Suspect {
  readonly path: string
  /** Without it the file is examined first. */
  readonly isCertain: boolean
}

/** Every operation: its request and its answer. */
export interface Operations {
  /** Opens the newest file, after a look at the one in use if a reader suspects it. */
  readonly locate: readonly [{ readonly suspect: Suspect | undefined }, Location]
  readonly put: readonly [PutRequest, "stored" | "superseded"]
  readonly remove: readonly [{ readonly key: string; readonly id: string }, boolean]
  /** Removes a record that is of no use, whatever it says. */
  readonly discard: readonly [{ readonly key: string; readonly record: Uint8Array }, boolean]
  readonly revoke: readonly [{ readonly owner: string }, number]
  /** The fence of the lease. */
  readonly lease: readonly [LeaseRequest, number | undefined]
  /** Without a fence: whatever lease the holder has on the key. */
  readonly release: readonly [
    { readonly key: string; readonly holder: string; readonly fence: number | undefined },
    boolean
  ]
  /** The holder is alive. */
  readonly beat: readonly [{ readonly holder: string }, boolean]
  /** Deletes what has expired, a bounded number at a time. How many tokens. */
  readonly sweep: readonly [{ readonly atMost: number }, number]
  readonly close: readonly [object, boolean]
}

export type Operation = keyof Operations

export type RequestOf<K extends Operation> = Operations[K][0]
export type AnswerOf<K extends Operation> = Operations[K][1]

/** One request as it is sent. */
export type Message = {
  readonly [K in Operation]: {
    readonly number: number
    readonly at: Moment
    /** Milliseconds of uptime after which it is not begun any more, because nobody will wait for its end. */
    readonly until: number
    readonly operation: K
    readonly request: RequestOf<K>
  }
}[Operation]

export interface Reply {
  readonly number: number
  readonly outcome: { readonly answer: AnswerOf<Operation> } | { readonly failure: Failure }
}
