import { inspect } from "node:util"

/** Every text that can be reached from a value by walking its properties, as a serialiser or a crash dump would. */
export const reachable = (value: unknown): string => {
  const texts: Array<string> = []
  const seen = new Set<unknown>()
  const walk = (one: unknown): void => {
    if (typeof one === "string") texts.push(one)
    if ((typeof one !== "object" && typeof one !== "function") || one === null || seen.has(one)) {
      return
    }
    seen.add(one)
    if (one instanceof Map || one instanceof Set) for (const item of one) walk(item)
    for (const key of Reflect.ownKeys(one)) {
      walk(typeof key === "symbol" ? key.description : key)
      const property = Object.getOwnPropertyDescriptor(one, key)
      walk(property?.value)
    }
    walk(Object.getPrototypeOf(one))
  }
  walk(value)
  return texts.join("\n")
}

/** A value in every form in which it might leave the process. */
export const everyForm = (value: unknown): string =>
  [
    reachable(value),
    String(value),
    inspect(value, { depth: null, showHidden: true, getters: true }),
    attempt(() => JSON.stringify(value)),
    attempt(() => inspect(structuredClone(value), { depth: null })),
    value instanceof Error ? (value.stack ?? "") : ""
  ].join("\n")

const attempt = (form: () => string): string => {
  try {
    return form()
  } catch {
    return ""
  }
}
