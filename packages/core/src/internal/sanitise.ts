const longest = 200

/** Control characters, line separators, and the marks that turn the direction of text around. */
const unprintable = /[\p{Cc}\p{Cf}\u2028\u2029]/gu

/** Text from outside, made fit for a log: short, one line, and without any secret that was sent. */
export const sanitise = (text: string, secrets: ReadonlyArray<string>): string => {
  let clean = text
  for (const secret of secrets) {
    if (secret !== "") clean = clean.replaceAll(secret, "<redacted>")
  }
  clean = clean.replaceAll(unprintable, " ")
  return clean.length > longest ? `${clean.slice(0, longest - 1)}…` : clean
}
