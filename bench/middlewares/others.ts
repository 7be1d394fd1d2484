import { auth } from "express-oauth2-jwt-bearer"
import { rateLimit } from "express-rate-limit"
import session from "express-session"
import { SignJWT } from "jose"
import { createHmac } from "node:crypto"
import { appOn, type Middleware, naming } from "./middleware.ts"

/** Middlewares that apps have anyway, for the scale of things. */
export const limitingRate: Middleware = {
  name: "express-rate-limit",
  packageName: "express-rate-limit",
  open: async () => {
    const limiter = rateLimit({ windowMs: 3_600_000, limit: 1e9, validate: false })
    return appOn([limiter], (_request, answer) => answer(), naming)
  }
}

const secret = "0123456789abcdef0123456789abcdef"

const signed = (id: string): string => {
  const signature = createHmac("sha256", secret).update(id).digest("base64").replace(/=+$/, "")
  return encodeURIComponent(`s:${id}.${signature}`)
}

declare module "express-session" {
  interface SessionData {
    merchant: string
  }
}

export const keepingSessions: Middleware = {
  name: "express-session, in memory",
  packageName: "express-session",
  open: async (merchants) => {
    const store = new session.MemoryStore()
    const cookies = new Map(
      merchants.map((merchant) => [merchant, `connect.sid=${signed(merchant)}`])
    )
    for (const merchant of merchants) {
      const data = { cookie: new session.Cookie(), merchant }
      await new Promise((resolve) => store.set(merchant, data, resolve))
    }
    const sessions = session({ secret, store, resave: false, saveUninitialized: false })
    return appOn(
      [sessions],
      (request, answer) => answer(request.session.merchant),
      (merchant) => ({ cookie: cookies.get(merchant) ?? "" })
    )
  }
}

const issuer = "https://issuer.example/"
const audience = "bench"

export const verifyingTokens: Middleware = {
  name: "express-oauth2-jwt-bearer, HS256",
  packageName: "express-oauth2-jwt-bearer",
  open: async (merchants) => {
    const key = new TextEncoder().encode(secret)
    const headers = new Map<string, string>()
    for (const merchant of merchants) {
      const token = await new SignJWT({ sub: merchant })
        .setProtectedHeader({ alg: "HS256", typ: "JWT" })
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime("2h")
        .sign(key)
      headers.set(merchant, `Bearer ${token}`)
    }
    return appOn(
      [auth({ secret, issuer, audience, tokenSigningAlg: "HS256" })],
      (request, answer) => answer(request.auth?.payload.sub),
      (merchant) => ({ authorization: headers.get(merchant) ?? "" })
    )
  }
}
