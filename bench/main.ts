/** A valid token for a merchant, beside a bare look-up: how much do checks and secrecy cost? */
import { createTokenBroker } from "@onbehalf/core"
import { memoryStore } from "@onbehalf/store-memory"
import { bench, do_not_optimize, group, run, summary } from "mitata"

const sizes = [1, 1_000, 100_000]
const life = 600_000

const answer = (organisation: string): Response => {
  const now = Date.now()
  return Response.json(
    {
      data: {
        id: `token-${organisation}`,
        accessToken: `${organisation}.${"x".repeat(7_000)}`,
        tokenType: "BEARER",
        status: "ACTIVE",
        scopes: ["admin"],
        requestedOrganisation: organisation,
        createdTimestamp: now,
        expiryTime: now + life
      }
    },
    { status: 201 }
  )
}

const handlesFor = async (merchants: ReadonlyArray<string>) => {
  const broker = await createTokenBroker({
    apiKey: "bench",
    environment: "sandbox",
    store: memoryStore(),
    fetch: (input) => Promise.resolve(answer(new Request(input).url.split("/").at(-2) ?? ""))
  })
  const handles = await Promise.all(
    merchants.map((merchant) => broker.forOrganisation(merchant, { scopes: ["admin"] }))
  )
  for (const handle of handles) await handle.token()
  return handles
}

for (const size of sizes) {
  const merchants = Array.from({ length: size }, (_, index) => `merchant-${index}`)
  const handles = await handlesFor(merchants)
  const map = new Map(
    merchants.map((merchant) => [merchant, { token: merchant, until: Date.now() + life }])
  )
  const counter = { next: 0 }
  const index = () => (counter.next = (counter.next + 7_919) % size)

  group(`${size} merchants held`, () => {
    summary(() => {
      bench("Map with expiry check", () => {
        const held = map.get(merchants[index()] ?? "")
        return do_not_optimize(
          held !== undefined && Date.now() < held.until ? held.token : undefined
        )
      }).baseline(true)
      bench("peek", () => do_not_optimize(handles[index()]?.peek()))
      bench("await token()", async () => do_not_optimize(await handles[index()]?.token()))
    })
  })
}

await run()
