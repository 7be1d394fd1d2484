import { mkdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Browser, BrowserContext, Page } from "playwright-core"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { launch, missing } from "./support/chromium.ts"
import { type RunningPortal, startPortal } from "./support/portal.ts"

/** `SCREENSHOTS=docs` keeps them in the documentation. */
const shots =
  process.env["SCREENSHOTS"] === "docs"
    ? join(import.meta.dirname, "../../../docs/portal")
    : join(tmpdir(), `onbehalf-portal-${process.pid}`)

let browser: Browser | undefined
let portal: RunningPortal | undefined

beforeAll(async () => {
  if (missing !== undefined) return
  mkdirSync(shots, { recursive: true })
  browser = await launch()
  portal = await startPortal()
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await portal?.[Symbol.asyncDispose]()
  if (process.env["SCREENSHOTS"] !== "docs") rmSync(shots, { recursive: true, force: true })
})

/** Somebody with a browser of their own. */
const visit = async (): Promise<{ readonly context: BrowserContext; readonly page: Page }> => {
  assert.isDefined(browser)
  const context = await browser.newContext({
    viewport: { width: 1_040, height: 720 },
    locale: "en"
  })
  context.setDefaultTimeout(15_000)
  const page = await context.newPage()
  await page.goto(portal?.url ?? "")
  return { context, page }
}

const merchant = (index: number) => portal?.simulator.merchants[index] ?? assert.fail("no merchant")

/** Takes a picture of a page, and sees that there is something on it. */
const picture = async (page: Page, name: string): Promise<void> => {
  const path = join(shots, `${name}.png`)
  await page.screenshot({ path, fullPage: true })
  assert.isAbove(readFileSync(path).byteLength, 5_000, `${name} is blank`)
}

/** The ids that the rows of a page carry. */
const idsOn = (page: Page): Promise<ReadonlyArray<string>> =>
  page.locator("td small").allTextContents()

/** What Nuapay has of a merchant, asked without the portal. */
const ownIds = async (index: number): Promise<ReadonlyArray<string>> => {
  const { apiKey, url } = portal?.simulator ?? assert.fail("no simulator")
  const minted = await fetch(`${url}/organisations/${merchant(index).id}/tokens`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${apiKey}:`)}`, "content-type": "application/json" },
    body: JSON.stringify({ scopes: ["admin", "openbanking_pisp"], expiresIn: 60 })
  })
  const { data } = (await minted.json()) as { data: { accessToken: string } }
  const lists = await Promise.all(
    ["/tpp/payments", "/mandates"].map(async (path) => {
      const headers = { authorization: `Bearer ${data.accessToken}` }
      const answer = await fetch(`${url}${path}?pagesize=100`, { headers })
      return ((await answer.json()) as { data: ReadonlyArray<{ id: string }> }).data
    })
  )
  return lists.flat().map(({ id }) => id)
}

describe.skipIf(missing !== undefined)("the portal, in Chromium", () => {
  it("sign in, look, pay, sign out", async () => {
    const { context, page } = await visit()
    assert.strictEqual(await page.getByRole("heading").textContent(), "Sign in")
    await picture(page, "sign-in")
    await page.getByRole("button", { name: merchant(0).name }).click()
    await page.getByRole("link", { name: "New payment" }).click()
    await page.getByLabel("Reference").fill("Invoice 2041")
    await page.getByLabel("Amount in EUR").fill("12.50")
    await picture(page, "new-payment")
    await page.getByLabel("Amount in EUR").fill("12.505")
    await page.getByRole("button", { name: "Create payment" }).click()
    assert.include((await page.getByRole("alert").textContent()) ?? "", "12.50")
    await page.getByLabel("Amount in EUR").fill("12.50")
    await page.getByRole("button", { name: "Create payment" }).click()
    assert.match(
      (await page.locator("tr.new").textContent()) ?? "",
      /Invoice 2041[\s\S]*12\.50 EUR/
    )
    await picture(page, "payments")
    await page.getByRole("button", { name: "Sign out" }).click()
    await page.getByText("Every token of your organisation was revoked").waitFor()
    await picture(page, "signed-out")
    await page.goto(`${portal?.url}/payments`)
    assert.strictEqual(await page.getByRole("heading").textContent(), "Please sign in")
    await picture(page, "error")
    await context.close()
  }, 60_000)

  it("invariant 1: two merchants in two browsers never see each other's data", async () => {
    const [one, other] = [await visit(), await visit()]
    await Promise.all(
      [one, other].map(({ page }, index) =>
        page.getByRole("button", { name: merchant(index).name, exact: true }).click()
      )
    )
    for (let round = 0; round < 5; round++) {
      await Promise.all(
        [one, other].map(async ({ page }, index) => {
          await page.goto(`${portal?.url}/payments/new`)
          await page.getByLabel("Amount in EUR").fill(`${round + 1}.0${index}`)
          await page.getByLabel("Reference").fill(`round ${round} of ${index}`)
          await page.getByRole("button", { name: "Create payment" }).click()
          await page.getByRole("heading", { name: "Payments" }).waitFor()
        })
      )
      const seen = await Promise.all([idsOn(one.page), idsOn(other.page)])
      const owned = await Promise.all([ownIds(0), ownIds(1)])
      for (const index of [0, 1]) {
        assert.sameMembers([...(seen[index] ?? [])], [...(owned[index] ?? [])])
        assert.notInclude((await [one, other][index]?.page.content()) ?? "", `of ${1 - index}<`)
      }
      assert.isEmpty(seen[0]?.filter((id) => owned[1]?.includes(id)))
    }
    await one.context.close()
    await other.context.close()
  }, 120_000)

  it("one who signs out ends nobody else's session", async () => {
    const [one, other] = [await visit(), await visit()]
    await one.page.getByRole("button", { name: merchant(0).name, exact: true }).click()
    await other.page.getByRole("button", { name: merchant(1).name, exact: true }).click()
    await one.page.getByRole("button", { name: "Sign out" }).click()
    await other.page.reload()
    assert.strictEqual(
      await other.page.getByRole("heading", { level: 1 }).textContent(),
      "Payments"
    )
    await one.context.close()
    await other.context.close()
  }, 60_000)
})
