import type { StoreError } from "@onbehalf/core/TokenStore"
import * as Schema from "effect/Schema"

/** Where the store is all that was asked for, its trouble is the failure. */
export class StoreFailed extends Schema.TaggedError<StoreFailed>("@onbehalf/cli/StoreFailed")(
  "StoreFailed",
  { problem: Schema.String }
) {
  override get message(): string {
    return `The token store cannot be used: ${this.problem}. See what is wrong with: onbehalf doctor [store_unavailable]`
  }
}

/** From a store's own error. */
export const storeFailed = ({ problem }: StoreError): StoreFailed => new StoreFailed({ problem })
