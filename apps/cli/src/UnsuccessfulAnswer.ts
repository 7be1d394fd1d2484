import * as Schema from "effect/Schema"

/** A call on behalf of a merchant was answered, but not with 2xx. The answer itself has been printed. */
export class UnsuccessfulAnswer extends Schema.TaggedError<UnsuccessfulAnswer>(
  "@onbehalf/cli/UnsuccessfulAnswer"
)("UnsuccessfulAnswer", {
  method: Schema.String,
  path: Schema.String,
  organisation: Schema.String,
  status: Schema.Int
}) {
  override get message(): string {
    const { method, organisation, path, status } = this
    return `${method} ${path} for organisation ${organisation} was answered with status ${status}${advice(status)}`
  }
}

const advice = (status: number): string => {
  if (status === 401)
    return ". A fresh token was refused too: check that this is a resource of theirs"
  if (status === 403) return ". Check the scopes and the address allow-list"
  if (status === 404) return ". Check the path, and that this merchant owns the resource"
  if (status === 429) return ". Wait before the next call"
  return status >= 500 ? ". Try again later" : ". The answer's body says why"
}
