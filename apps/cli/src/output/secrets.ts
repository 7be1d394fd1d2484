/** What must never be said: the secrets that this run has seen, to be masked in all talk. */
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { secretVariables } from "../configuration/settings.ts"

/** Shorter ones would turn half of the talk into masks. */
const shortest = 4

/** The secrets of this run. */
export class Secrets extends Context.Service<
  Secrets,
  {
    readonly add: (secret: Redacted.Redacted) => void
    /** The text without any of them, in plain or as Basic authentication has them. */
    readonly mask: (text: string) => string
  }
>()("@onbehalf/cli/Secrets") {}

/** Those of the environment are known from the start: a key may be typed where an id belongs. */
export const layer: Layer.Layer<Secrets> = Layer.effect(
  Secrets,
  Effect.gen(function* () {
    const known = new Map<string, string>()
    const add = (name: string) => (secret: Redacted.Redacted) => {
      const text = Redacted.value(secret)
      if (text.length < shortest || known.has(text)) return
      known.set(text, `<${name}>`)
      known.set(btoa(`${text}:`), `<${name}>`)
    }
    for (const name of secretVariables) {
      yield* Config.Redacted(name).pipe(Effect.map(add(name)), Effect.ignore)
    }
    return Secrets.of({
      add: add("secret"),
      mask: (text) =>
        [...known].reduce((masked, [secret, mask]) => masked.replaceAll(secret, mask), text)
    })
  })
)
