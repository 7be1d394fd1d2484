import { seeded } from "../../../../packages/core/test/support/random.ts"

const pieces = [
  "/",
  "//",
  "\\",
  "..",
  ".",
  "%2e",
  "%2E%2e",
  "%2f",
  "%5c",
  "%00",
  "%0d%0a",
  "@",
  ":",
  ";",
  "?",
  "#",
  "\r\n",
  "\n",
  "\r",
  "\t",
  " ",
  "\0",
  "\u2028",
  "\uFEFF",
  "é",
  "\uD800",
  "mandates",
  "tokens",
  "organisations",
  "m1",
  "evil.example",
  "http://",
  "https://",
  "file:///",
  "javascript:",
  "data:",
  "127.0.0.1",
  "[::1]",
  "0x7f.1",
  "user:pass@",
  "X-Injected: 1",
  "Authorization: Bearer x",
  "{",
  "}",
  "${x}",
  "__proto__",
  "constructor",
  "a".repeat(300)
]

/** Texts made of what has broken parsers before. */
export const hostileTexts = (seed: number, count: number): ReadonlyArray<string> => {
  const random = seeded(seed)
  const made = Array.from({ length: count }, () =>
    Array.from({ length: 1 + random(5) }, () => pieces[random(pieces.length)] ?? "").join("")
  )
  return [...pieces, ...made, "", "x".repeat(100_000), `/${"../".repeat(1_000)}`]
}

/** What no type allows and no check may trust. */
export const hostileThings: ReadonlyArray<unknown> = [
  0,
  1,
  Number.NaN,
  1n,
  true,
  false,
  Symbol("merchant-1"),
  [],
  ["merchant-1"],
  ["/mandates"],
  {},
  { id: "merchant-1" },
  Object.create(null),
  { toString: () => "/mandates" },
  {
    toString: alternating("/mandates", "@evil.example/"),
    [Symbol.toPrimitive]: alternating("/mandates", "@evil.example/")
  },
  new String("merchant-1"),
  new URL("https://evil.example/mandates"),
  new Request("https://evil.example/mandates"),
  new Date(0),
  /x/,
  () => "merchant-1",
  class Merchant {},
  new Proxy({}, { get: () => "merchant-1", has: () => true }),
  new Uint8Array(8),
  new Map([["id", "merchant-1"]])
]

/** Says one thing when it is checked and another when it is used. */
function alternating(one: string, other: string): () => string {
  let calls = 0
  return () => (calls++ % 2 === 0 ? one : other)
}
