/** Comma-separated values, as RFC 4180 has them but for the line ends. */

const quoted = /[",\r\n]/

/** One line of cells. */
export const csvLine = (cells: ReadonlyArray<string>): string =>
  `${cells.map((cell) => (quoted.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(",")}\n`
