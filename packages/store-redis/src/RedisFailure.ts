/**
 * Why a command failed, in one word.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"

/**
 * Carries the first word of Redis's own error, or `TIMEOUT`, or `DISCONNECTED`; never the rest, which may
 * quote what was sent.
 *
 * @category errors
 * @since 0.1.0
 */
export class RedisFailure extends Data.TaggedError("RedisFailure")<{ readonly code: string }> {}

/**
 * What a client's error says. An error that is not an answer of Redis is one of the connection.
 *
 * @category constructors
 * @since 0.1.0
 */
export const failureOf = (error: unknown): RedisFailure => {
  if (error instanceof RedisFailure) return error
  const message = error instanceof Error ? error.message : ""
  const word = /^[A-Z]{3,16}(?= )/.exec(message)
  return new RedisFailure({ code: word === null ? "DISCONNECTED" : word[0] })
}

/**
 * No answer in time.
 *
 * @category constructors
 * @since 0.1.0
 */
export const timedOut = new RedisFailure({ code: "TIMEOUT" })

const meanings: Readonly<Record<string, string>> = {
  ASK: "the key is being moved, and this client does not follow",
  BUSY: "the server is busy with a script",
  CLUSTERDOWN: "the cluster is down",
  CROSSSLOT: "the keys of one owner lie in two slots",
  DISCONNECTED: "there is no connection",
  LOADING: "the server is loading its data",
  MASTERDOWN: "the replica has lost its master",
  MIXED: "the answer was another question's",
  MISCONF: "the server cannot write to its disk, and refuses writes",
  MOVED: "the key lies on another server, and this client does not follow",
  NOAUTH: "the server wants a password",
  NOPERM: "this user may not do that",
  OOM: "the server's memory is full",
  READONLY: "the server is a replica",
  TIMEOUT: "the server does not answer",
  TRYAGAIN: "the keys are being moved",
  UNENCRYPTED: "the cluster leads elsewhere, and the connection would not be encrypted",
  WRONGPASS: "the server refuses the password",
  WRONGTYPE: "something else lies under the key"
}

/**
 * The code, and what it means.
 *
 * @category accessors
 * @since 0.1.0
 */
export const describe = ({ code }: RedisFailure): string =>
  `${code}: ${meanings[code] ?? "the server refused"}`
