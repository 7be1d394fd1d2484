/** Many processes, tokens in Redis: one fetch for all of them, and a revocation that all hear of. */
import { tieredStore } from "@onbehalf/core"
import { errorHandler, onBehalf } from "@onbehalf/express"
import "@onbehalf/express/request"
import { memoryStore } from "@onbehalf/store-memory"
import { redisStore } from "@onbehalf/store-redis"
import express from "express"

/** Stands for your sign-in: sessions, and the merchants they belong to. */
const sessions = new Map([["s1", process.env["MERCHANT"]]])
const sessionOf = (cookie = "") => /session=(\w+)/.exec(cookie)?.[1] ?? ""

const nuapay = onBehalf({
  organisation: (req) => sessions.get(sessionOf(req.headers.cookie)),
  scopes: ["admin"],
  store: tieredStore({
    near: memoryStore(),
    // The seal key is ONBEHALF_SEAL_KEY.
    far: redisStore({ url: process.env["REDIS_URL"] ?? "" })
  })
})

const app = express()
app.get("/health", nuapay.health)
app.use("/payments", nuapay)
app.get("/payments/mandates", async (req, res) => {
  const answer = await req.onBehalf.fetch("/mandates")
  res.status(answer.status).json(await answer.json())
})
app.use(errorHandler)

const server = app.listen(Number(process.env["PORT"] ?? 3000), "127.0.0.1", (error) => {
  // Express 5 says here that the port is taken, and nowhere else.
  if (error !== undefined) throw error
  const address = server.address()
  console.log(`http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`)
})

process.on("SIGTERM", () => {
  // A connection that is kept alive ends with its next request, or would hold the server for as long as its client likes.
  server.maxRequestsPerSocket = 1
  server.keepAliveTimeout = 1_000
  // First the server: who is being served still needs tokens. Others share them: they are left to lapse.
  server.close(() => void nuapay.close())
  server.closeIdleConnections()
})
