import * as Schema from "effect/Schema"

/**
 * Failure of the simulator as an HTTP effect: the caller's connection is to be torn down without an
 * answer. The server destroys the socket; in process the request fails.
 *
 * @category errors
 * @since 0.1.0
 */
export class ConnectionReset extends Schema.TaggedError<ConnectionReset>()("ConnectionReset", {
  /** Whether the request was carried out before the connection went. */
  carriedOut: Schema.Boolean
}) {
  override get message() {
    return "The simulator reset the connection, as a fault told it to"
  }
}
