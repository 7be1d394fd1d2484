/** What the parent tells its workers, and what they answer. Moments are milliseconds of the machine's clock. */
export interface Settings {
  readonly redis: string
  /** Milliseconds until the upstream answers. */
  readonly upstream: number
  /** Milliseconds that its tokens live. */
  readonly life: number
}

export type Task =
  /** So many callers at once, at that moment. */
  | {
      readonly do: "ask"
      readonly by: "broker" | "lock"
      readonly merchant: string
      readonly callers: number
      readonly at: number
    }
  /** Looks at what is in hand, again and again, until told to report. */
  | { readonly do: "watch"; readonly merchants: ReadonlyArray<string> }
  | { readonly do: "report" }
  | { readonly do: "revoke"; readonly merchant: string }
  /** Seconds until all merchants are asked for, until it counts, and while it does. `phase`: 0 to 1, where in a second it asks. */
  | {
      readonly do: "keep"
      readonly phase: number
      readonly merchants: ReadonlyArray<string>
      readonly at: number
      readonly growing: number
      readonly warmUp: number
      readonly seconds: number
    }

export interface Result {
  readonly ended?: number
  readonly requests?: number
  /** When each merchant's first token was seen last. */
  readonly lastSeen?: Readonly<Record<string, number>>
  /** Calls that found nothing valid at hand. */
  readonly waited?: number
  /** Calls that got no token. */
  readonly refused?: number
  /** Parts of one core. */
  readonly cpu?: number
  readonly heapUsed?: number
  readonly rss?: number
}
