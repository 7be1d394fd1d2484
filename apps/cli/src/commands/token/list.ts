/** `onbehalf token list`. */
import { type StoreEntry, TokenStore } from "@onbehalf/core/TokenStore"
import * as Command from "effect/cli/Command"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { formatDuration } from "../../duration.ts"
import { type List, listFormat, printList } from "../../output/list.ts"
import { say } from "../../output/say.ts"
import * as Services from "../../services.ts"
import { storeFailed } from "../../StoreFailed.ts"
import { type Life, secondsLeft, wallLife } from "../../token/life.ts"

interface Row extends Pick<StoreEntry, "id" | "organisation" | "scopes"> {
  readonly life: Life
  readonly now: number
}

const tokens: List<Row> = {
  columns: [
    { heading: "ID", cell: ({ id }) => id },
    { heading: "ORGANISATION", cell: ({ organisation }) => organisation },
    { heading: "SCOPES", cell: ({ scopes }) => scopes.join(" "), shrinks: true },
    {
      heading: "LEFT",
      cell: ({ life, now }) =>
        life.limit > now ? formatDuration(secondsLeft(life, now)) : "expired"
    }
  ],
  value: (row) => ({
    id: row.id,
    organisation: row.organisation,
    scopes: row.scopes,
    expiresIn: secondsLeft(row.life, row.now),
    expiresAt: new Date(row.life.end).toISOString()
  })
}

/** `onbehalf token list`. */
export const list = Command.make(
  "list",
  { output: listFormat },
  Effect.fnUntraced(function* ({ output }) {
    const store = yield* TokenStore
    const entries = yield* Effect.mapError(store.entries, storeFailed)
    const now = yield* Clock.currentTimeMillis
    const rows = yield* Effect.forEach(entries, (entry) =>
      Effect.map(wallLife(entry.lifetime), (life): Row => ({ ...entry, life, now }))
    )
    if (rows.length === 0) yield* say("the store holds no token")
    yield* printList(tokens, Stream.fromIterable(rows), output)
  })
).pipe(
  Command.withDescription("List the tokens that the store holds, without the tokens themselves"),
  Command.withExamples([
    { command: "onbehalf token list" },
    {
      command: "onbehalf token list --output ndjson | jq -r .organisation | sort | uniq -c",
      description: "How many there are for whom"
    }
  ]),
  Command.provide(Services.store)
)
