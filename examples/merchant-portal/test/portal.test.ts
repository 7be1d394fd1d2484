import { assert, describe, it } from "vitest"
import { mostSessions } from "../src/sessions.ts"
import { type RunningPortal, startPortal } from "./support/portal.ts"

interface Page {
  readonly status: number
  readonly text: string
  readonly location: string | null
}

/** Somebody with a browser, as far as cookies go. */
const visitor = ({ url }: RunningPortal, cookie = "") => {
  let kept = cookie
  const go = async (path: string, init: Omit<RequestInit, "headers"> = {}): Promise<Page> => {
    const answer = await fetch(url + path, {
      ...init,
      headers: { cookie: kept },
      redirect: "manual"
    })
    const [set] = answer.headers.getSetCookie()
    if (set !== undefined) kept = set.split(";")[0] ?? ""
    return {
      status: answer.status,
      text: await answer.text(),
      location: answer.headers.get("location")
    }
  }
  const post = (path: string, fields: Record<string, string>): Promise<Page> =>
    go(path, { method: "POST", body: new URLSearchParams(fields) })
  return {
    go,
    post,
    signIn: (merchant: string) => post("/sign-in", { merchant }),
    cookie: () => kept
  }
}

const merchantsOf = ({ simulator }: RunningPortal): ReadonlyArray<string> =>
  simulator.merchants.slice(0, 2).map(({ id }) => id)

describe("the portal", () => {
  it("shows nobody's pages to nobody", async () => {
    await using portal = await startPortal()
    const { go, post } = visitor(portal)
    for (const path of ["/payments", "/payments/new"]) {
      const { status, text } = await go(path)
      assert.strictEqual(status, 401)
      assert.notInclude(text, "<table")
    }
    assert.strictEqual((await post("/payments", { amount: "1" })).status, 401)
    assert.deepStrictEqual(portal.simulator.counters, {})
  })

  it("lets in whom it knows, and no other", async () => {
    await using portal = await startPortal()
    const { signIn } = visitor(portal)
    for (const merchant of ["nobody", "", portal.simulator.merchants[2]?.id ?? ""]) {
      assert.strictEqual((await signIn(merchant)).status, 403)
    }
    const { location, status } = await signIn(merchantsOf(portal)[0] ?? "")
    assert.deepStrictEqual([status, location], [303, "/payments"])
  })

  it("a payment that is sent twice is made once; one that is none is not made", async () => {
    await using portal = await startPortal()
    const { go, post, signIn } = visitor(portal)
    await signIn(merchantsOf(portal)[0] ?? "")
    const [, key = ""] = /name="key" value="([^"]+)"/.exec((await go("/payments/new")).text) ?? []
    assert.isAbove(key.length, 10)
    const fields = { key, amount: "12.50", reference: "<b>Invoice & 7</b>" }
    const first = await post("/payments", fields)
    const again = await post("/payments", fields)
    assert.strictEqual(first.status, 303)
    assert.strictEqual(first.location, again.location)
    const page = await go(first.location ?? "")
    assert.include(page.text, "&lt;b&gt;Invoice &amp; 7&lt;/b&gt;")
    assert.notInclude(page.text, "<b>Invoice")
    for (const amount of ["", "0", "-1", "1e3", "12,50", "1000001", "x".repeat(5_000)]) {
      const refused = await post("/payments", { ...fields, amount })
      assert.strictEqual(refused.status, 422, amount)
      assert.include(refused.text, 'role="alert"')
    }
    assert.strictEqual(portal.simulator.counters["createPayment"], 2)
  })

  it("with more payments than fit on one page of Nuapay's, the newest are shown", async () => {
    await using portal = await startPortal()
    const { go, post, signIn } = visitor(portal)
    await signIn(merchantsOf(portal)[0] ?? "")
    let location: string | null = null
    for (let count = 1; count <= 101; count++) {
      location = (await post("/payments", { amount: "1.00", reference: `number ${count}` }))
        .location
    }
    const { text } = await go(location ?? "")
    assert.match(text, /<tr class="new">\s*<td>number 101</)
    assert.include(text, "<td>number 2<")
  }, 30_000)

  it("a form that is none is refused, in a page of its own", async () => {
    await using portal = await startPortal()
    const form = { "content-type": "application/x-www-form-urlencoded" }
    for (const [status, init] of [
      [403, {}],
      [403, { body: "{}", headers: { "content-type": "application/json" } }],
      [413, { body: `merchant=${"x".repeat(20_000)}`, headers: form }],
      [
        415,
        {
          body: "merchant=x",
          headers: { "content-type": `${form["content-type"]}; charset=none` }
        }
      ]
    ] as const) {
      const answer = await fetch(`${portal.url}/sign-in`, { method: "POST", ...init })
      assert.strictEqual(answer.status, status)
      assert.match(await answer.text(), /<h1>[A-Z]/)
    }
  })

  it("signing out revokes the tokens, ends the session, and takes it from whoever has its cookie", async () => {
    await using portal = await startPortal()
    const { cookie, go, post, signIn } = visitor(portal)
    await signIn(merchantsOf(portal)[0] ?? "")
    assert.strictEqual((await go("/payments")).status, 200)
    const stolen = visitor(portal, cookie())
    const { location } = await post("/sign-out", {})
    assert.strictEqual(location, "/?signed-out=revoked")
    assert.strictEqual(portal.simulator.counters["revokeTokensForOrganisation"], 1)
    assert.strictEqual((await go("/payments")).status, 401)
    assert.strictEqual((await stolen.go("/payments")).status, 401)
  })

  it("signing in makes a new session: a cookie that somebody planted is worth nothing", async () => {
    await using portal = await startPortal()
    const victim = visitor(portal)
    const [one = "", other = ""] = merchantsOf(portal)
    await victim.signIn(one)
    const planted = victim.cookie()
    await victim.signIn(other)
    assert.notStrictEqual(victim.cookie(), planted)
    assert.strictEqual((await visitor(portal, planted).go("/payments")).status, 401)
  })

  it("its cookie is for no script and no other site; its pages are for no cache and no frame", async () => {
    await using portal = await startPortal()
    const answer = await fetch(`${portal.url}/sign-in`, {
      method: "POST",
      body: new URLSearchParams({ merchant: merchantsOf(portal)[0] ?? "" }),
      redirect: "manual"
    })
    assert.match(answer.headers.getSetCookie()[0] ?? "", /HttpOnly; SameSite=Strict$/)
    const page = await fetch(portal.url)
    assert.strictEqual(page.headers.get("cache-control"), "no-store")
    assert.include(page.headers.get("content-security-policy") ?? "", "frame-ancestors 'none'")
  })

  it("with Nuapay away it says so, in a page of its own", async () => {
    await using portal = await startPortal({ requestDeadline: 1_000 })
    const { go, signIn } = visitor(portal)
    await signIn(merchantsOf(portal)[0] ?? "")
    portal.simulator.addFault({ kind: "hang", match: { operation: "listMandates" } })
    const { status, text } = await go("/payments")
    assert.strictEqual(status, 504)
    assert.include(text, "please try again")
    assert.notInclude(text, "    at ")
  })

  it("with Nuapay away nobody sees an error of the portal's own, and signing out still does", async () => {
    await using portal = await startPortal({ requestDeadline: 1_000 })
    const { cookie, go, post, signIn } = visitor(portal)
    await signIn(merchantsOf(portal)[0] ?? "")
    assert.strictEqual((await go("/payments")).status, 200)
    portal.simulator.addFault({ kind: "status", status: 503 })
    assert.strictEqual((await go("/payments")).status, 502)
    assert.strictEqual((await visitor(portal).go("/")).status, 502)
    portal.simulator.clearFaults()
    portal.simulator.addFault({ kind: "hang" })
    const before = cookie()
    const { location, status } = await post("/sign-out", {})
    assert.deepStrictEqual([status, location], [303, "/?signed-out=unconfirmed"])
    assert.strictEqual((await visitor(portal, before).go("/payments")).status, 401)
  })

  it("tells its health and its metrics", async () => {
    await using portal = await startPortal()
    const { go } = visitor(portal)
    assert.strictEqual(
      (await go("/health")).text,
      '{"status":"up","apiKey":"accepted","store":"answers"}'
    )
    assert.include((await go("/metrics")).text, "onbehalf_express_requests_total")
  })

  it("keeps so many sessions and no more: who was not seen for longest signs in again", async () => {
    await using portal = await startPortal()
    const merchant = merchantsOf(portal)[0] ?? ""
    const enter = async () => {
      const one = visitor(portal)
      await one.signIn(merchant)
      return async () => (await one.go("/payments/new")).status
    }
    const first = await enter()
    const second = await enter()
    for (let count = 2; count < mostSessions; count++) await enter()
    assert.strictEqual(await first(), 200)
    const last = await enter()
    assert.strictEqual(await first(), 200)
    assert.strictEqual(await second(), 401)
    assert.strictEqual(await last(), 200)
  }, 60_000)
})
