import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { seeded } from "../../packages/core/test/support/random.ts"
import { grantFor } from "../support/broker.ts"
import { answer, tokenBody } from "../support/hostileAnswers.ts"
import { askToken, refusal, withGatekeeper, wordOf } from "../support/hostileClient.ts"
import { type Arrived, hostileSocket } from "../support/hostileSocket.ts"

/** A server whose tokens are changed as text before they are sent. */
const altering = (alter: (body: string) => string | Buffer) =>
  hostileSocket((socket, request, count) =>
    socket.write(answer(201, alter(tokenBody(request, count))))
  )

const swapped = (text: string): Buffer => Buffer.from(text, "utf16le").swap16()

const wide = (text: string): Buffer =>
  Buffer.concat(Array.from(text, (char) => Buffer.from([char.codePointAt(0) ?? 0, 0, 0, 0])))

/** What `"requestedOrganisation":…` and such are replaced by. */
const field =
  (name: string, json: string) =>
  (body: string): string =>
    body.replace(new RegExp(`"${name}":("[^"]*"|[\\d.]+|\\[[^\\]]*\\])`), `"${name}":${json}`)

const malformed: ReadonlyArray<readonly [string, (body: string) => string | Buffer]> = [
  ["UTF-16, little end first", (body) => Buffer.from(`\ufeff${body}`, "utf16le")],
  ["UTF-16, big end first", (body) => swapped(`\ufeff${body}`)],
  ["UTF-32", wide],
  ["invalid UTF-8 in the text", (body) => latin(body.replace("canary-token", "canary\xff\xfe"))],
  ["invalid UTF-8 in the id", (body) => latin(body.replace('"token-', '"\xc0\xaf-'))],
  ["an overlong dot in the id", (body) => latin(body.replace('"token-', '"\xc0\xae'))],
  ["half a surrogate pair in the id", field("id", '"\\ud800"')],
  ["half of it", (body) => body.slice(0, body.length / 2)],
  ["one byte short", (body) => body.slice(0, -1)],
  ["more after it", (body) => `${body}{}`],
  ["twice", (body) => body + body],
  ["NUL after it", (body) => `${body}\u0000`],
  ["two byte order marks", (body) => `\ufeff\ufeff${body}`],
  ["a comment", (body) => `/* */${body}`],
  ["a trailing comma", (body) => body.replace(/\}$/, ",}")],
  ["single quotes", (body) => body.replaceAll('"', "'")],
  ["a bare NaN", field("expiryTime", "NaN")],
  ["a prefix against hijacking", (body) => `)]}',\n${body}`],
  ["deep", () => `{"data":${'{"data":'.repeat(30_000)}`],
  ["deep and closed", () => `${"[".repeat(60_000)}${"]".repeat(60_000)}`],
  ["only blanks", () => " ".repeat(1_000)],
  ["a list around it", (body) => `[${body}]`],
  ["a text around it", (body) => JSON.stringify(body)],
  ["data as a list", (body) => body.replace('"data":{', '"data":[{').replace(/\}\}$/, "}]}")],
  ["a number for the text", field("accessToken", "12345")],
  ["a list for the text", field("accessToken", '["canary-token-text"]')],
  ["an object for the id", field("id", "7")],
  ["scopes as a text", field("scopes", '"admin"')],
  ["scopes with a number", field("scopes", '["admin",1]')]
]

const latin = (text: string): Buffer => Buffer.from(text, "latin1")

describe("F10: JSON that is none, on the wire", () => {
  it.live.each(malformed)("%s", ([, alter]) =>
    Effect.gen(function* () {
      const server = yield* altering(alter)
      assert.strictEqual(wordOf(yield* refusal(server.url)), "MalformedAnswer")
    })
  )

  it.live("one byte order mark is no reason to refuse", () =>
    Effect.gen(function* () {
      const server = yield* altering((body) => `\ufeff${body}`)
      assert.strictEqual((yield* askToken(server.url)).token.organisation, "merchant-1")
    })
  )

  it.live("what is checked is what is used: of two equal names the last counts, for both", () =>
    Effect.gen(function* () {
      const holder = '"requestedOrganisation":"merchant-9"'
      const first = yield* altering((body) => body.replace('"id":', `${holder},"id":`))
      assert.strictEqual((yield* askToken(first.url)).token.organisation, "merchant-1")
      const last = yield* altering((body) => body.replace(/\}\}$/, `,${holder}}}`))
      assert.strictEqual(wordOf(yield* refusal(last.url)), "organisation")
      const text = yield* altering((body) => body.replace(/\}\}$/, ',"accessToken":"b c"}}'))
      assert.strictEqual(wordOf(yield* refusal(text.url)), "MalformedAnswer")
      const data = yield* altering((body) => body.replace(/\}$/, ',"data":{}}'))
      assert.strictEqual(wordOf(yield* refusal(data.url)), "MalformedAnswer")
    })
  )

  it.live("numbers beyond all bounds: the life that was asked for stands", () =>
    Effect.gen(function* () {
      for (const number of ["1e400", "-1e400", "1e-400", "9".repeat(400), "-0", "0.1", '"soon"']) {
        for (const name of ["expiryTime", "createdTimestamp"]) {
          const server = yield* altering(field(name, number))
          const { life } = yield* withGatekeeper(server.url, (gatekeeper) =>
            Effect.flatMap(grantFor("merchant-1", 60), gatekeeper.requestToken)
          )
          assert.strictEqual(life, 60_000, `${name} ${number}`)
        }
      }
    })
  )

  it.live("deep nonsense beside a right token is ignored", () =>
    Effect.gen(function* () {
      const nest = `"more":${"[".repeat(50_000)}${"]".repeat(50_000)}`
      const server = yield* altering((body) => body.replace('"id":', `${nest},"id":`))
      assert.strictEqual((yield* askToken(server.url)).token.id as string, "token-1")
    })
  )
})

const noise = [
  '"',
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  "\\",
  "null",
  "1e999",
  "\u0000",
  "\xff",
  "merchant"
]

/** Some bytes cut out, put in or swapped. */
const mutate = (body: string, next: (below: number) => number): Buffer => {
  let text = body
  for (let change = 0; change <= next(3); change++) {
    const at = next(text.length)
    const insert = next(2) === 0 ? (noise[next(noise.length)] ?? "") : text.slice(at, at + next(40))
    text = text.slice(0, at) + insert + text.slice(at + next(12))
  }
  return latin(text)
}

describe("F10: fuzzed answers", () => {
  it.live("1 000 mutants: the token that was asked for, or a typed error, never a defect", () =>
    Effect.gen(function* () {
      const next = seeded(10)
      const server = yield* hostileSocket((socket, request: Arrived, count) =>
        socket.write(answer(201, mutate(tokenBody(request, count), next)))
      )
      const grant = yield* grantFor("merchant-1")
      const outcomes = { taken: 0, refused: 0 }
      yield* withGatekeeper(server.url, (gatekeeper) =>
        Effect.gen(function* () {
          for (let round = 0; round < 1_000; round++) {
            const outcome = yield* Effect.result(gatekeeper.requestToken(grant))
            outcomes[Result.isSuccess(outcome) ? "taken" : "refused"]++
            if (Result.isFailure(outcome)) {
              assert.include(["malformed_answer", "wrong_token"], outcome.failure.code)
            } else {
              const { token } = outcome.success
              assert.strictEqual(token.organisation, "merchant-1")
              assert.include(token.scopes, "admin")
              assert.match(token.authorization(), /^Bearer [A-Za-z0-9._~+/=-]+$/)
              assert.match(token.id, /^[A-Za-z0-9_-]{1,255}$/)
            }
          }
        })
      )
      assert.isAbove(outcomes.taken, 50)
      assert.isAbove(outcomes.refused, 500)
    })
  )
})
