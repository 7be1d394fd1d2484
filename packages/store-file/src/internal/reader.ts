import type { StoreError } from "@onbehalf/core/TokenStore"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import { type Failure, failureOf } from "./failure.ts"
import * as Queries from "./queries.ts"
import { checkFile, type Inode, leadsTo } from "./safety.ts"
import { storeError, type Writer } from "./writer.ts"

/**
 * The side that reads. A look takes some microseconds and never waits for a writer, so it is done here: the
 * way to another thread and back would take ten times as long.
 */
export interface Reader {
  readonly read: <A>(
    operation: StoreError["operation"],
    look: Look<A>
  ) => Effect.Effect<A, StoreError>
}

/** @param file the name that is in the file: another file starts anew in everything, also one in the same place */
type Look<A> = (queries: Queries.Queries, file: string) => A

interface Connection {
  readonly path: string
  readonly inode: Inode
  readonly identity: string
  readonly queries: Queries.Queries
}

/** Looks at a file that is gone, damaged or locked for a moment before giving up. */
const maximumLooks = 5

/** Milliseconds between two of them. */
const pause = 20

export const make = Effect.fnUntraced(function* (
  writer: Writer
): Effect.fn.Return<Reader, never, Scope.Scope> {
  let connection: Connection | undefined
  const connecting = yield* Semaphore.make(1)

  const disconnect = Effect.sync(() => {
    connection?.queries.close()
    connection = undefined
  })
  yield* Effect.addFinalizer(() => disconnect)

  /** Opens the newest file in place of `stale`, unless another fiber has done so. It is examined where it is suspected. */
  const connect = (
    stale: Connection | undefined,
    isCertain?: boolean
  ): Effect.Effect<void, Failure> =>
    Effect.suspend(() => {
      if (connection !== stale) return Effect.void
      const suspect =
        stale === undefined || isCertain === undefined ? undefined : { path: stale.path, isCertain }
      return Effect.andThen(disconnect, writer.ask("locate", { suspect })).pipe(
        Effect.flatMap(({ identity, path }) =>
          Effect.try({ try: () => open(path, identity), catch: failureOf })
        ),
        Effect.map((opened) => {
          connection = opened
        })
      )
    }).pipe(Semaphore.withPermit(connecting))

  const read = <A>(look: Look<A>, left: number): Effect.Effect<A, Failure> =>
    Effect.suspend(() => {
      const current = connection
      const outcome = current === undefined ? { failure: moved } : attempt(current, look)
      if ("answer" in outcome) return Effect.succeed(outcome.answer)
      const recovery = recover(current, outcome.failure)
      return left > 1
        ? Effect.andThen(recovery, read(look, left - 1))
        : Effect.fail(outcome.failure)
    })

  const recover = (
    current: Connection | undefined,
    failure: Failure
  ): Effect.Effect<void, Failure> => {
    switch (failure.kind) {
      case "moved":
        return connect(current)
      case "damaged":
      case "doubtful":
        return connect(current, failure.kind === "damaged")
      case "busy":
        return Effect.sleep(pause)
      default:
        // Nobody knows what the connection still holds to be true: the next look opens the file anew.
        return Effect.andThen(disconnect, Effect.fail(failure))
    }
  }

  return {
    read: (operation, look) => Effect.mapError(read(look, maximumLooks), storeError(operation))
  }
})

const moved: Failure = { kind: "moved", problem: "the file was exchanged again and again" }

/** What a file says that was set aside meanwhile does not count any more. */
const attempt = <A>(
  { identity, inode, path, queries }: Connection,
  look: Look<A>
): { readonly answer: A } | { readonly failure: Failure } => {
  try {
    const answer = look(queries, identity)
    return leadsTo(path, inode) ? { answer } : { failure: moved }
  } catch (error) {
    return { failure: failureOf(error) }
  }
}

/** The very file that the writing thread has checked and opened: its name is inside, where nobody else can see it. */
const open = (path: string, identity: string): Connection | undefined => {
  const inode = checkFile(path)
  if (inode === undefined) return undefined
  const queries = Queries.open(path)
  try {
    if (queries.identity() === identity) return { path, inode, identity, queries }
  } catch (error) {
    queries.close()
    throw error
  }
  queries.close()
  return undefined
}
