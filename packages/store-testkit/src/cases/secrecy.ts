import type { StoredToken } from "@onbehalf/core/TokenStore"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import * as assert from "node:assert/strict"
import { Buffer } from "node:buffer"
import { inspect } from "node:util"
import type { CaseDefinition } from "../CaseDefinition.ts"
import type { Workbench } from "../Workbench.ts"
import { expectToHear, heldIn, keep, listen, type Store, take } from "./support.ts"

/** Not a word that anything else would print. */
const secret = "canary-d41d8cd98f00b204e9800998ecf8427e"

/** Invariant 7: the text of a token is where it is used, and nowhere else. */
export const secrecy: ReadonlyArray<CaseDefinition> = [
  {
    name: "invariant 7: entries hold no secret",
    run: Effect.fnUntraced(function* (bench: Workbench) {
      const store = yield* bench.open
      const stored = yield* keepSecret(bench, store)
      const entries = yield* store.entries
      assert.ok(entries.some((entry) => entry.key.text === stored.key.text))
      expectNoSecret(entries, "entries")
    })
  },
  {
    name: "invariant 7: changes hold no secret",
    needs: ["connected"],
    run: Effect.fnUntraced(function* (bench: Workbench) {
      const store = yield* bench.open
      const heard = yield* listen(bench, store)
      const { key } = yield* keepSecret(bench, store)
      yield* store.remove(key, "t1")
      yield* expectToHear(bench, heard, { _tag: "Removed", text: key.text, id: "t1" })
      expectNoSecret(heard, "changes")
    })
  },
  {
    name: "invariant 7: a token that comes back prints no secret",
    run: Effect.fnUntraced(function* (bench: Workbench) {
      const store = yield* bench.open
      const { key } = yield* keepSecret(bench, store)
      const held = yield* heldIn(store, key)
      assert.equal(held?.token.reveal(), secret)
      expectNoSecret(held, "a token")
      expectNoSecret(store.peek(key), "a token that was seen")
    })
  },
  {
    name: "invariant 7: the store prints no secret",
    run: Effect.fnUntraced(function* (bench: Workbench) {
      const store = yield* bench.open
      yield* keepSecret(bench, store)
      expectNoSecret(store, "the store")
    })
  },
  {
    name: "invariant 7: the store logs no secret",
    run: Effect.fnUntraced(function* (bench: Workbench) {
      const logged: Array<unknown> = []
      const logger = Logger.make((line) => {
        logged.push([line.message, line.cause, line.fiber.getRef(References.CurrentLogAnnotations)])
      })
      const use = Effect.gen(function* () {
        const store = yield* bench.open
        const { key } = yield* keepSecret(bench, store)
        yield* heldIn(store, key)
        yield* (yield* take(store, key, 1_000)).release
        yield* store.entries
        yield* store.remove(key, "t1")
        yield* store.revoke(key.owner)
        yield* Effect.logTrace("this line is heard")
      })
      yield* use.pipe(
        Effect.provide(Logger.layer([logger])),
        Effect.provideService(References.MinimumLogLevel, "All")
      )
      assert.ok(logged.length > 0)
      expectNoSecret(logged, "the log")
    })
  },
  {
    name: "T23: what is kept outside the process is sealed",
    needs: ["atRest"],
    run: Effect.fnUntraced(function* (bench: Workbench) {
      const store = yield* bench.open
      yield* keepSecret(bench, store)
      const kept = (yield* bench.atRest).map((one) => Buffer.from(one))
      assert.ok(kept.length > 0, "something is kept")
      for (const form of formsOf(secret)) {
        assert.ok(!kept.some((one) => one.includes(form)), "a token lies there in clear text")
      }
    })
  }
]

const keepSecret = (bench: Workbench, store: Store): Effect.Effect<StoredToken, never> => {
  const stored = bench.token(bench.key("m1"), "t1", { text: secret })
  return Effect.as(Effect.orDie(keep(store, stored)), stored)
}

/** As it is, in UTF-16, in hexadecimal, and in base64 wherever in a longer text it begins. */
const formsOf = (text: string): ReadonlyArray<Buffer> => [
  Buffer.from(text),
  Buffer.from(text, "utf16le"),
  Buffer.from(Buffer.from(text).toString("hex")),
  ...[0, 1, 2].map((offset) =>
    Buffer.from(
      Buffer.from("x".repeat(offset) + text)
        .toString("base64")
        .slice(4, -4)
    )
  )
]

const expectNoSecret = (value: unknown, what: string): void => {
  const printed = inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true })
  const json = JSON.stringify(value) ?? ""
  assert.ok(!`${printed}${json}${String(value)}`.includes(secret), `${what} shows a secret`)
}
