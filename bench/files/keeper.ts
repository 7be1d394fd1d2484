/** Keeps tokens in files, for who comes after a restart. */
export interface FileKeeper {
  readonly name: string
  readonly packageName: string | undefined
  readonly open: (folder: string) => OpenKeeper | Promise<OpenKeeper>
}

export interface OpenKeeper {
  /** Holds a record for each key, as fast as it can. */
  readonly fill: (keys: ReadonlyArray<string>) => Promise<unknown>
  /** It is on the disk when this ends. */
  readonly put: (key: string) => unknown
  /** The text of the token. */
  readonly get: (key: string) => unknown
  readonly close?: () => Promise<unknown>
}
