/** The part of cliui (yargs' layout engine, which has no types) that we use. */
declare module "cliui" {
  interface Column {
    readonly text: string
    /** Padding included. */
    readonly width: number
    /** Top, right, bottom, left. */
    readonly padding: readonly [number, number, number, number]
  }
  interface Layout {
    readonly div: (...columns: ReadonlyArray<Column>) => void
    readonly toString: () => string
  }
  const cliui: (options: { readonly width: number }) => Layout
  export { cliui as default }
}
