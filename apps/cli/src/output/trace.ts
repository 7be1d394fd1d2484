/** `--verbose`: each request and what came of it, on stderr. Headers and bodies stay inside: secrets are in them. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import type * as Stdio from "effect/Stdio"
import { Verbose } from "../configuration/flags.ts"
import { say } from "./say.ts"
import type { Secrets } from "./secrets.ts"

/** The platform's client, or one that tells what it does. */
export const layer = Layer.effect(
  HttpClient.HttpClient,
  Effect.gen(function* () {
    const client = yield* HttpClient.HttpClient
    if (!(yield* Verbose)) return client
    const context = yield* Effect.context<Stdio.Stdio | Secrets>()
    const tell = (line: string) => Effect.provide(say(line), context)
    return HttpClient.transform(client, (answer, request) =>
      Effect.gen(function* () {
        const sent = yield* Clock.currentTimeMillis
        yield* tell(`→ ${nameOf(request)}`)
        const took = Effect.map(Clock.currentTimeMillis, (now) => `${now - sent} ms`)
        return yield* answer.pipe(
          Effect.tap(({ status }) =>
            Effect.flatMap(took, (time) => tell(`← ${status} ${nameOf(request)} ${time}`))
          ),
          Effect.tapError(({ reason }) =>
            Effect.flatMap(took, (time) => tell(`← ${reason._tag} ${nameOf(request)} ${time}`))
          )
        )
      })
    )
  })
)

const nameOf = ({ method, url }: HttpClientRequest.HttpClientRequest): string => `${method} ${url}`
