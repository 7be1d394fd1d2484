/** The fixed words that users of @onbehalf/core give and compare with: see `names.ts`. */
import type * as Core from "@onbehalf/core"
import type { Contract, Is } from "./names.ts"

export type OfWords = Contract<
  [
    Is<NonNullable<Core.CreateTokenBrokerOptions["storePolicy"]>, "bypass" | "fail">,
    Is<Core.Health["status"], "up" | "degraded" | "down">,
    Is<Core.Health["apiKey"], "accepted" | "refused" | "unknown">,
    Is<Core.Health["store"], "answers" | "fails">,
    Is<Core.Revocation["outcome"], "revoked" | "alreadyGone" | "unconfirmed">,
    Is<
      Core.BrokerEvent["_tag"],
      | "Acquired"
      | "Renewed"
      | "ServedWhileRenewing"
      | "Refused"
      | "AnswerLost"
      | "Overtaken"
      | "Revoked"
      | "StoreTrouble"
    >,
    Is<
      Core.TokenErrors.TokenErrorReason["_tag"],
      | "InvalidApiKey"
      | "Forbidden"
      | "OrganisationUnknown"
      | "InvalidRequest"
      | "Unsupported"
      | "RateLimited"
      | "Unavailable"
      | "MalformedAnswer"
      | "WrongToken"
      | "StoreUnavailable"
      | "DeadlineExceeded"
      | "InvalidConfiguration"
      | "BrokerClosed"
    >,
    Is<
      Core.TokenErrors.Unavailable["problem"],
      "status" | "connection" | "timeout" | "transfer" | "overloaded" | "revoked"
    >,
    Is<
      Core.TokenErrors.WrongToken["mismatch"],
      "organisation" | "scopes" | "type" | "status" | "resource" | "reused"
    >,
    Is<
      Core.TokenStore.StoreChange["_tag"],
      "Connected" | "Stored" | "Removed" | "Released" | "Revoked"
    >,
    Is<
      Core.TokenStore.StoreError["operation"],
      "get" | "put" | "remove" | "revoke" | "lease" | "changes" | "entries"
    >
  ]
>
