import { readFileSync } from "node:fs"
import type { Upstream } from "./upstream.ts"

/** Gives the token of a key: as a value, or as a promise. The index is for what is kept by its place. */
export type Get = (key: string, index: number) => unknown

/** A contender that knows its keys, and holds nothing yet. */
export interface Opened {
  readonly get: Get
  /** Fetches and holds the token of a key, where `get` does not do that by itself. */
  readonly fill?: Get
  readonly close?: () => Promise<unknown>
}

/** What every contender does: keep a valid token for each key, and give it. */
export interface Peer {
  readonly name: string
  /** The package whose version the tables name. */
  readonly packageName: string | undefined
  /** The most keys it is asked to hold; more would measure something else, or never end. */
  readonly largest: number
  readonly open: (keys: ReadonlyArray<string>, upstream: Upstream) => Opened | Promise<Opened>
}

/** How a row of a table is headed. */
export interface Label {
  readonly name: string
  readonly version: string
}

export const label = ({ name, packageName }: Pick<Peer, "name" | "packageName">): Label => ({
  name,
  version: packageName === undefined ? "" : versionOf(packageName)
})

const versionOf = (packageName: string): string => {
  const path = new URL(`./node_modules/${packageName}/package.json`, import.meta.url)
  return (JSON.parse(readFileSync(path, "utf8")) as { readonly version: string }).version
}

/** A contender that holds a token for each key. */
export const hold = async (
  peer: Peer,
  keys: ReadonlyArray<string>,
  upstream: Upstream
): Promise<Opened> => {
  const opened = await peer.open(keys, upstream)
  const fill = opened.fill ?? opened.get
  for (const [index, key] of keys.entries()) await fill(key, index)
  return opened
}
