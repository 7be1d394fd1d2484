/**
 * The one error that the middleware forwards, in the shape that Express knows: `status`, `headers`.
 *
 * @since 0.1.0
 */
import { problems, type ProblemCode } from "./internal/problems.ts"

/**
 * Stable, for programs.
 *
 * @category errors
 * @since 0.1.0
 */
export type OnBehalfErrorCode = ProblemCode

/**
 * Holds no secret, and nothing that Nuapay answered. Where it stands for an error of the broker, that one is its
 * `cause`; below 500 the message is for the client and does not tell of it.
 *
 * @category errors
 * @since 0.1.0
 */
export class OnBehalfError extends Error {
  /** The HTTP status to answer with. */
  readonly status: number
  /** The same, under the name that some handlers look for. */
  readonly statusCode: number
  readonly code: OnBehalfErrorCode
  /** Whether `message` is meant for the client: so below 500. */
  readonly expose: boolean
  /** Headers for the answer: `Retry-After` where waiting helps, `WWW-Authenticate` where nobody is signed in. */
  readonly headers: Readonly<Record<string, string>>

  constructor(
    code: OnBehalfErrorCode,
    options: {
      readonly cause?: Error | undefined
      /** What exactly is wrong, for logs alone. */
      readonly problem?: string | undefined
      readonly headers?: Readonly<Record<string, string>> | undefined
    } = {}
  ) {
    const { headers, message, status } = problems[code]
    const problem = options.problem ?? options.cause?.message
    super(
      status < 500 || problem === undefined ? message : `${message}: ${problem}`,
      options.cause === undefined ? {} : { cause: options.cause }
    )
    this.status = status
    this.statusCode = status
    this.code = code
    this.expose = status < 500
    this.headers = { ...headers, ...options.headers }
  }

  static {
    // On the prototype, as errors have it: it would be a line in every log.
    this.prototype.name = "OnBehalfError"
  }
}
