import session, { type SessionData, Store } from "express-session"
import type { RequestHandler } from "express"
import { LRUCache } from "lru-cache"
import { randomBytes } from "node:crypto"

declare module "express-session" {
  interface SessionData {
    /** Who has signed in. */
    merchant: { readonly id: string; readonly name: string }
  }
}

/** Sessions at once; who has not been seen for longest has to sign in again. */
export const mostSessions = 1_000

/** Milliseconds without a request after which one has to sign in again. */
const idle = 30 * 60_000

/** In this process: enough for an example, and bounded. */
class BoundedStore extends Store {
  readonly #kept = new LRUCache<string, string>({ max: mostSessions, ttl: idle })

  override get(id: string, found: (error: unknown, session?: SessionData | null) => void): void {
    const text = this.#kept.get(id)
    found(null, text === undefined ? null : (JSON.parse(text) as SessionData))
  }

  override set(id: string, data: SessionData, done?: (error?: unknown) => void): void {
    this.#kept.set(id, JSON.stringify(data))
    done?.()
  }

  override destroy(id: string, done?: (error?: unknown) => void): void {
    this.#kept.delete(id)
    done?.()
  }
}

/** A cookie that no script reads and no other site sends along. */
export const sessions = (): RequestHandler =>
  session({
    name: "portal",
    secret: randomBytes(32).toString("base64url"),
    resave: false,
    saveUninitialized: false,
    store: new BoundedStore(),
    cookie: { httpOnly: true, sameSite: "strict" }
  })
