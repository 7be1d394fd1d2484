/** Reads tokens from a Redis, each time from there. */
export interface RedisReader {
  readonly name: string
  readonly packageName: string | undefined
  /** @param url of a server */
  readonly open: (url: string) => OpenReader | Promise<OpenReader>
}

export interface OpenReader {
  readonly put: (key: string, text: string) => Promise<unknown>
  /** The text of the token. */
  readonly get: (key: string) => Promise<unknown>
  readonly close: () => unknown
}

/** A token as who keeps it by hand would write it. */
export interface Kept {
  readonly id: string
  readonly organisation: string
  readonly scopes: ReadonlyArray<string>
  readonly token: string
}

export const keptFor = (key: string, token: string): Kept => ({
  id: `id-${key}`,
  organisation: key,
  scopes: ["admin"],
  token
})
