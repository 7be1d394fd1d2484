/**
 * Text that may go to a terminal: names and bodies come from strangers, and control characters in them
 * could move the cursor, rewrite lines or turn text around.
 */

const unprintable = /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu
const unprintableBesidesLines = /[^\P{Cc}\n\t]|[\u202A-\u202E\u2066-\u2069]/gu

/** One line of text. */
export const printable = (text: string): string => text.replace(unprintable, "\uFFFD")

/** Text of many lines. */
export const printableLines = (text: string): string =>
  text.replaceAll("\r\n", "\n").replace(unprintableBesidesLines, "\uFFFD")
