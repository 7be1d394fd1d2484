import * as CurrentFile from "./currentFile.ts"
import { busy, Failed, type Failure, failureOf } from "./failure.ts"
import type { OpenFile } from "./openFile.ts"
import type { Location, Message, Reply, Suspect } from "./requests.ts"
import type { Transactional } from "./transactions.ts"
import { uptime } from "./host.ts"

/** The side that writes: one transaction for all that was asked for meanwhile. */
export interface Writing {
  /** One reply for each message that somebody still waits for; the others are not done. */
  readonly answer: (batch: ReadonlyArray<Message>) => ReadonlyArray<Reply>
  readonly close: () => void
}

type Outcome = Reply["outcome"]

/** The file may turn out to be damaged, or be set aside by another process, once or twice in a row. */
const maximumAttempts = 3

/** What must not be lost with the power. A lease is worth nothing after that. */
const durable: ReadonlySet<Message["operation"]> = new Set(["put", "remove", "revoke"])

/** @param wait for a lock: milliseconds that this thread may stand still */
export const make = (directory: string, wait: number): Writing => {
  const current = CurrentFile.make(directory)

  const locate = (suspect: Suspect | undefined, wall: number): Location => {
    if (suspect !== undefined) current.judge(suspect)
    if (!current.isInUse(current.use(wall))) current.forget()
    const { identity, path } = current.use(wall)
    return { identity, path }
  }

  /** Again in another file, where this one is damaged, or was set aside while we wrote to it. */
  const transact = (batch: ReadonlyArray<Message>, attempts: number): ReadonlyArray<Outcome> => {
    const file = current.use(batch[0]?.at.wall ?? 0)
    const { failure, outcomes } = attempt(file, batch, wait)
    if (failure === undefined && current.isInUse(file)) return outcomes
    const isDamaged = failure?.kind === "damaged" || failure?.kind === "doubtful"
    if (isDamaged) current.judge({ path: file.path, isCertain: failure.kind === "damaged" })
    // A transaction that failed ends with its connection, of which nobody knows what it still holds to be true.
    current.forget()
    if (attempts > 1 && (failure === undefined || isDamaged)) return transact(batch, attempts - 1)
    return batch.map(() => ({ failure: failure ?? setAsideAgain }))
  }

  const outcomesOf = (batch: ReadonlyArray<Message>): ReadonlyArray<Outcome> => {
    const [first] = batch
    if (first === undefined) return []
    try {
      return first.operation === "locate"
        ? [{ answer: locate(first.request.suspect, first.at.wall) }]
        : transact(batch, maximumAttempts)
    } catch (error) {
      const failure = failureOf(error)
      return batch.map(() => ({ failure }))
    }
  }

  return {
    answer: (batch) => {
      const wanted = batch.filter(({ until }) => uptime() < until)
      return outcomesOf(wanted).map((outcome, index) => ({
        number: wanted[index]?.number ?? 0,
        outcome
      }))
    },
    close: current.forget
  }
}

const setAsideAgain: Failure = {
  kind: "trouble",
  problem: "the file was set aside again and again"
}

interface Attempt {
  readonly outcomes: ReadonlyArray<Outcome>
  readonly failure: Failure | undefined
}

const attempt = (file: OpenFile, batch: ReadonlyArray<Message>, wait: number): Attempt => {
  try {
    const isDurable = batch.some(({ operation }) => durable.has(operation))
    // Longer than anybody waits for it, and it would be done behind somebody's back.
    begin(file, isDurable, Math.min(wait, ...batch.map(({ until }) => until - uptime())))
    const outcomes = batch.map((message) => ({ answer: perform(file, message) }))
    file.commit()
    return { outcomes, failure: undefined }
  } catch (error) {
    return { outcomes: [], failure: failureOf(error) }
  }
}

/** Writers take turns of well under a millisecond: SQLite's own waiting grows to a hundred. */
const begin = (file: OpenFile, isDurable: boolean, wait: number): void => {
  const deadline = performance.now() + wait
  while (!hasBegun(file, isDurable)) {
    sleep(0.5)
    if (performance.now() >= deadline) throw new Failed(busy)
  }
}

const hasBegun = (file: OpenFile, isDurable: boolean): boolean => {
  try {
    file.begin(isDurable)
    return true
  } catch (error) {
    if (failureOf(error).kind === "busy") return false
    throw error
  }
}

const cell = new Int32Array(new SharedArrayBuffer(4))

const sleep = (milliseconds: number): void => {
  Atomics.wait(cell, 0, 0, milliseconds)
}

const perform = (file: OpenFile, { at, operation, request }: Message) => {
  const perform = file.transactions[operation as Transactional] as (
    request: Message["request"],
    at: Message["at"]
  ) => never
  return perform(request, at)
}
