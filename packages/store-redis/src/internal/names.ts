import type { TokenKey } from "@onbehalf/core/TokenKey"
import { hash } from "node:crypto"

/** The keys of one owner. All lie in one slot of a cluster, because of the braces. */
export interface OwnerNames {
  readonly generation: string
  /** Which tokens there are. */
  readonly index: string
  readonly fences: string
  /** What the names of tokens begin with. */
  readonly tokens: string
  readonly leases: string
}

/** And those of one token. */
export interface TokenNames extends OwnerNames {
  readonly token: string
  readonly lease: string
  /** Name in the index. */
  readonly name: string
}

export interface Names {
  readonly ofOwner: (owner: string) => OwnerNames
  readonly ofKey: (key: TokenKey) => TokenNames
  /** Those of the owner whose index this is. */
  readonly ofIndex: (index: string) => OwnerNames
  /** Finds every index. */
  readonly indexPattern: string
  readonly channel: string
}

export const make = (prefix: string): Names => {
  const known = new WeakMap<TokenKey, TokenNames>()
  const ofTag = (tag: string): OwnerNames => {
    const start = `${prefix}{${tag}}`
    return {
      generation: `${start}:generation`,
      index: `${start}:index`,
      fences: `${start}:fences`,
      tokens: `${start}:token:`,
      leases: `${start}:lease:`
    }
  }
  const make = (key: TokenKey): TokenNames => {
    const owner = ofTag(digest(key.owner))
    const name = digest(key.text)
    return { ...owner, name, token: owner.tokens + name, lease: owner.leases + name }
  }
  return {
    ofOwner: (owner) => ofTag(digest(owner)),
    ofKey: (key) => {
      const names = known.get(key) ?? make(key)
      known.set(key, names)
      return names
    },
    ofIndex: (index) => ofTag(index.slice(index.indexOf("{") + 1, index.indexOf("}"))),
    indexPattern: `${prefix}{*}:index`,
    channel: `${prefix}changes`
  }
}

/** Short, of a known length, and without a brace or a colon whatever is in the text. 132 bits. */
const digest = (text: string): string => hash("sha256", text, "base64url").slice(0, 22)

/** What of a key decides where in a cluster it lies. */
export const tagOf = (key: string | undefined): string =>
  key === undefined ? "" : key.slice(key.indexOf("{"), key.indexOf("}"))
