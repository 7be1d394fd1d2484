/** An Express app in a stranger's project, and what tries it. */

/** Starts the app that a module holds, on a simulator, and asks for a merchant's mandates as a browser would. */
export const tryApp = (load: string): string => `
import { startSimulator } from "@onbehalf/simulator"
const simulator = await startSimulator()
process.env.NUAPAY_API_KEY = simulator.apiKey
process.env.NUAPAY_BASE_URL = simulator.url
const { app, merchants, nuapay } = ${load}
merchants.set("s1", simulator.merchants[0].id)
const server = app.listen(0, async () => {
  const url = "http://127.0.0.1:" + server.address().port + "/payments/mandates"
  const nobody = await fetch(url)
  const answer = await fetch(url, { headers: { cookie: "session=s1" } })
  const { data } = await answer.json()
  const own = data.length > 0 && data.every((one) => one.organisationId === simulator.merchants[0].id)
  console.log(nobody.status, answer.status, own)
  server.closeAllConnections()
  server.close()
  await nuapay.close()
  await simulator.close()
})
`

/** The same app as those write it who have no modules. */
export const commonJs = `
const express = require("express")
const { errorHandler, onBehalf } = require("@onbehalf/express")
const { memoryStore } = require("@onbehalf/store-memory")
const merchants = new Map()
const nuapay = onBehalf({
  organisation: (req) => merchants.get((req.headers.cookie || "").replace("session=", "")),
  scopes: ["admin"],
  store: memoryStore()
})
const app = express()
app.use("/payments", nuapay)
app.get("/payments/mandates", (req, res, next) => {
  req.onBehalf.fetch("/mandates").then((answer) => answer.json()).then((body) => res.json(body)).catch(next)
})
app.use(errorHandler)
module.exports = { app, merchants, nuapay }
`
