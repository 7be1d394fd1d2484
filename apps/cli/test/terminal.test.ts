import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { displayWidth } from "effect/cli/CliOutput"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Sink from "effect/Sink"
import * as Stdio from "effect/Stdio"
import * as Terminal from "effect/Terminal"
import { program } from "../src/program.ts"
import { apiKey } from "./support/cli.ts"
import { makeWorld } from "./support/world.ts"

const world = makeWorld()

const sink = (into: Array<string>) => () =>
  Sink.forEach((chunk: string | Uint8Array) =>
    Effect.sync(() => {
      into.push(typeof chunk === "string" ? chunk : new TextDecoder().decode(chunk))
    })
  )

/** The program in this process, on a terminal of some width. */
const onTerminal = Effect.fnUntraced(function* (
  args: ReadonlyArray<string>,
  columns = 60,
  terminals: { readonly stdout: boolean; readonly stderr: boolean } = {
    stdout: true,
    stderr: false
  }
) {
  const out: Array<string> = []
  const err: Array<string> = []
  const unused = Effect.die("unused")
  const terminal = Terminal.make({
    columns: Effect.succeed(columns),
    rows: Effect.succeed(24),
    size: unused,
    readInput: unused,
    readLine: unused,
    display: () => Effect.void
  })
  const platform = Layer.mergeAll(
    NodeServices.layer,
    FetchHttpClient.layer,
    ConfigProvider.layer(
      ConfigProvider.fromEnvRecord({
        NUAPAY_API_KEY: apiKey,
        ...world.env
      })
    )
  ).pipe(
    Layer.merge(Layer.succeed(Terminal.Terminal, terminal)),
    Layer.merge(
      Stdio.layerTest({
        args: Effect.succeed(args),
        stdoutIsTerminal: Effect.succeed(terminals.stdout),
        stderrIsTerminal: Effect.succeed(terminals.stderr),
        stdout: sink(out),
        stderr: sink(err)
      })
    )
  )
  yield* Effect.exit(program("0.0.0").pipe(Effect.provide(platform)))
  return { out: out.join(""), err: err.join("") }
})

const mandates = () => [
  "api",
  "GET",
  "/mandates",
  "--organisation",
  world.merchant,
  "--scope",
  "admin"
]

const nowhere = { stdout: false, stderr: false }

describe("on a terminal", () => {
  it.live("a token comes with a warning on stderr", () =>
    Effect.gen(function* () {
      const { err, out } = yield* onTerminal(["token", "get", world.merchant, "--scope", "admin"])
      assert.match(out, /^[\w.-]+\n$/)
      assert.match(err, new RegExp(`^onbehalf: this is a secret: .* acts for ${world.merchant}`))
    })
  )

  it.live("JSON is indented", () =>
    Effect.gen(function* () {
      const { out } = yield* onTerminal(mandates())
      assert.match(out, /^\{\n {2}"uri": "\/mandates",\n/)
    })
  )

  it.live("what is not JSON cannot move the cursor", () =>
    Effect.gen(function* () {
      world.simulator.addFault({
        kind: "status",
        status: 200,
        body: "one\u001B[2J\ntwo\u009B31m",
        match: { path: "/mandates" }
      })
      const { out } = yield* onTerminal(mandates())
      assert.strictEqual(out, "one\uFFFD[2J\ntwo\uFFFD31m\n")
    })
  )

  it.live.each([
    ["list", "--output", "csv"],
    ["list", "--output", "json"],
    ["list", "--all", "--output", "ndjson"],
    ["get", "one", "--output", "json"]
  ])("no name can move the cursor: organisations %s %s %s", (args) =>
    Effect.gen(function* () {
      const name = "one\u001B[2J\u009B31m\u202Etwo"
      const organisation = { id: "one", name, status: "ACTIVE", organisationType: "MERCHANT" }
      const body = { data: args[0] === "get" ? organisation : [organisation] }
      world.simulator.addFault({ kind: "status", status: 200, body })
      const { err, out } = yield* onTerminal(["organisations", ...args])
      assert.match(out, /one.+\[2J.+31m.+two/, err)
      assert.notMatch(out, /[^\P{Cc}\n]|\u202E/u)
      // Programs get what there is.
      const piped = yield* onTerminal(["organisations", ...args], 60, nowhere)
      assert.include(piped.out, "\u009B31m\u202Etwo")
    })
  )

  it.live("a table fits, and loses nothing", () =>
    Effect.gen(function* () {
      const { out } = yield* onTerminal(["organisations", "list", "--all"], 50)
      const lines = out.trimEnd().split("\n")
      assert.isAtMost(Math.max(...lines.map(displayWidth)), 50)
      assert.isAbove(lines.length, 122)
      for (const { id } of world.simulator.merchants) assert.include(out, `${id}  `)
    })
  )

  it.live("what comes in parts is counted on stderr while stdout goes elsewhere", () =>
    Effect.gen(function* () {
      const args = ["organisations", "list", "--all", "--output", "ndjson"]
      const { err, out } = yield* onTerminal(args, 60, { stdout: false, stderr: true })
      const clear = "\r\u001B[K"
      assert.strictEqual(err, `${clear}100 organisations …${clear}121 organisations …${clear}`)
      assert.strictEqual(out.trimEnd().split("\n").length, 121)
    })
  )
})
