import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { existsSync, globSync, readFileSync } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { pathToFileURL } from "node:url"
import { promisify } from "node:util"
import { errorGuide } from "../../packages/core/src/internal/errorGuide.ts"
import { root } from "../support/process.ts"
import { launch, missing } from "../../examples/merchant-portal/test/support/chromium.ts"

const site = { folder: "" }

beforeAll(async () => {
  site.folder = await mkdtemp(join(tmpdir(), "onbehalf-site-"))
  const args = ["node_modules/typedoc/bin/typedoc", "--out", site.folder]
  await promisify(execFile)(process.execPath, args, { cwd: join(root, "docs"), timeout: 240_000 })
}, 250_000)

afterAll(() => rm(site.folder, { recursive: true }))

const pages = () => globSync("**/*.html", { cwd: site.folder })
const read = (page: string) => readFileSync(join(site.folder, page), "utf8")
const decode = (text: string) =>
  decodeURIComponent(text.replaceAll("&amp;", "&").replaceAll("&#39;", "'"))

/** What a page names in an attribute. */
const named = (html: string, attribute: string) =>
  [...html.matchAll(new RegExp(` ${attribute}="([^"]*)"`, "g"))].map(([, value = ""]) =>
    decode(value)
  )

describe("the site", () => {
  it("has a page for each subject, and for what each package exports", () => {
    assert.isAbove(pages().length, 200)
    for (const name of ["Quick_start", "Concepts", "Recipes", "Errors", "Operations"]) {
      assert.include(pages(), `${name}.html`)
    }
    assert.include(read("_onbehalf/core/TokenBroker/TokenBroker.html"), "Gives out tokens")
  })

  it("has every page of docs/", () => {
    const titles = new Set(pages().map((page) => /<title>(.*?) \| /.exec(read(page))?.[1]))
    const wanted = globSync("docs/**/*.md", { cwd: root, exclude: ["**/node_modules/**"] }).map(
      (page) =>
        /^# (?:\d+\. )?(.+)$/m
          .exec(readFileSync(join(root, page), "utf8"))?.[1]
          ?.replaceAll("'", "&#39;")
    )
    assert.isAbove(wanted.length, 15)
    assert.deepStrictEqual(
      wanted.filter((title) => !titles.has(title)),
      []
    )
  })

  it("has no dead link, to a heading neither", () => {
    const anchors = new Map<string, ReadonlySet<string>>()
    const anchorsOf = (page: string) => {
      const known = anchors.get(page) ?? new Set(named(read(page), "id"))
      anchors.set(page, known)
      return known
    }
    const dead = pages().flatMap((page) =>
      named(read(page), "href").filter((href) => {
        if (/^(https?:|mailto:|data:)/.test(href)) return false
        const [path = "", anchor = ""] = href.split("#")
        const file = path === "" ? page : join(dirname(page), path)
        if (!existsSync(join(site.folder, file))) return true
        return anchor !== "" && file.endsWith(".html") && !anchorsOf(file).has(anchor)
      })
    )
    assert.deepStrictEqual([...new Set(dead)], [])
  })

  it("loads nothing from elsewhere", () => {
    const loaded = pages().flatMap((page) => [
      ...named(read(page), "src"),
      ...[...read(page).matchAll(/<link[^>]*href="([^"]*)"/g)].map(([, href = ""]) => href)
    ])
    assert.isNotEmpty(loaded)
    assert.deepStrictEqual(
      loaded.filter((address) => /^(https?:)?\/\//.test(address)),
      []
    )
    for (const style of globSync("assets/*.css", { cwd: site.folder })) {
      assert.notMatch(read(style), /@import|url\(["']?(https?:)?\/\//)
    }
  })

  it("has a section for each error", () => {
    const ids = named(read("Errors.html"), "id")
    for (const { code } of Object.values(errorGuide)) assert.include(ids, code)
  })
})

describe.skipIf(missing !== undefined)(
  `the site in a browser${missing === undefined ? "" : `: ${missing}`}`,
  () => {
    it.each([
      { how: "wide", width: 1280 },
      { how: "narrow", width: 390 }
    ])(
      "$how: a page fits, asks for nothing from elsewhere, and is found by a word in it",
      async ({ width }) => {
        const browser = await launch()
        try {
          const page = await browser.newPage({ viewport: { width, height: 900 } })
          const elsewhere: Array<string> = []
          page.on("request", (request) => {
            if (!request.url().startsWith("file:")) elsewhere.push(request.url())
          })
          await page.goto(pathToFileURL(join(site.folder, "Operations.html")).href)
          const scrolls =
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
          assert.isFalse(await page.evaluate(scrolls))
          await page.click("#tsd-search-trigger")
          await page.fill("#tsd-search-input", "threat model")
          const result = page.locator("#tsd-search-results a").first()
          await result.waitFor({ timeout: 20_000 })
          assert.match((await result.textContent()) ?? "", /threat model/i)
          await page.keyboard.press("Escape")
          const pictures = process.env["SITE_PICTURES"]
          if (pictures !== undefined)
            await page.screenshot({ path: join(pictures, `${width}.png`) })
          assert.deepStrictEqual(elsewhere, [])
        } finally {
          await browser.close()
        }
      },
      60_000
    )
  }
)
