/**
 * @since 0.1.0
 */

/**
 * What is let through to Nuapay; everything else is refused.
 *
 * @category models
 * @since 0.1.0
 */
export interface ProxyOptions {
  /** For example `["GET"]`. */
  readonly methods: ReadonlyArray<string>
  /** Paths, with everything below them, for example `["/mandates"]`. */
  readonly paths: ReadonlyArray<string>
  /** Request headers that go along besides the usual ones, for example one that names a version. Default: none. */
  readonly headers?: ReadonlyArray<string> | undefined
  /** Bytes of the longest body, of a request and of an answer. Default: 10 MiB. */
  readonly maximumBodyBytes?: number | undefined
}
