import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { pathToFileURL } from "node:url"
import { promisify } from "node:util"
import { errorGuide } from "../../packages/core/src/internal/errorGuide.ts"
import { root } from "../support/process.ts"
import { repository } from "../support/repository.ts"
import { launch, missing } from "../../examples/merchant-portal/test/support/chromium.ts"

type Browser = Awaited<ReturnType<typeof launch>>
type Page = Awaited<ReturnType<Browser["newPage"]>>

const site = { folder: "" }

beforeAll(async () => {
  site.folder = await mkdtemp(join(tmpdir(), "onbehalf-site-"))
  const args = ["node_modules/typedoc/bin/typedoc", "--out", site.folder]
  await promisify(execFile)(process.execPath, args, { cwd: join(root, "docs"), timeout: 590_000 })
}, 600_000)

afterAll(() => rm(site.folder, { recursive: true }))

/** `SCREENSHOTS=docs` keeps them in the documentation: of the first page, and of an export's. */
const shots =
  process.env["SCREENSHOTS"] === "docs"
    ? join(root, "docs/screens")
    : join(tmpdir(), `onbehalf-site-pictures-${process.pid}`)
const pictures = [
  ["start", "index.html"],
  ["export", "_onbehalf/core/createTokenBroker.html"]
] as const

const widths = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"

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

  it("leads to its own pages where it has them: no page of the repository is a file to download", () => {
    assert.deepStrictEqual(globSync("media/*.md", { cwd: site.folder }), [])
    const away = pages().filter((page) =>
      named(read(page), "href").some((href) => href.startsWith(`${repository}/blob/`))
    )
    assert.deepStrictEqual(away, [])
    assert.include(named(read("_onbehalf/express.html"), "href"), "../Errors.html")
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
    const shown = { browser: undefined as Browser | undefined }
    beforeAll(async () => {
      mkdirSync(shots, { recursive: true })
      shown.browser = await launch()
    })
    afterAll(async () => {
      await shown.browser?.close()
      if (process.env["SCREENSHOTS"] !== "docs") rmSync(shots, { recursive: true })
    })

    const views = [
      { how: "wide", width: 1280 },
      { how: "narrow", width: 390 }
    ] as const
    const address = (page: string) => pathToFileURL(join(site.folder, page)).href
    const visit = async (width: number, javaScriptEnabled: boolean): Promise<Page> => {
      assert.isDefined(shown.browser)
      return shown.browser.newPage({ viewport: { width, height: 900 }, javaScriptEnabled })
    }

    it.each(views)(
      "$how: asks for nothing from elsewhere, and a page is found by a word in it",
      async ({ how, width }) => {
        const page = await visit(width, true)
        const elsewhere: Array<string> = []
        page.on("request", (request) => {
          if (!request.url().startsWith("file:")) elsewhere.push(request.url())
        })
        for (const [name, path] of pictures) {
          await page.goto(address(path))
          const file = join(shots, `${name}-${how}.png`)
          await page.screenshot({ path: file })
          assert.isAbove(statSync(file).size, 5_000, `${name} is blank`)
        }
        await page.click("#tsd-search-trigger")
        await page.fill("#tsd-search-input", "threat model")
        const result = page.locator("#tsd-search-results a").first()
        await result.waitFor({ timeout: 20_000 })
        assert.match((await result.textContent()) ?? "", /threat model/i)
        assert.deepStrictEqual(elsewhere, [])
        await page.close()
      },
      60_000
    )

    // Where a line breaks is the styles' matter alone, and the site's programs take a second a page.
    it("every page fits, wide and narrow, so that nothing but a table or a signature scrolls sideways", async () => {
      const page = await visit(views[0].width, false)
      const wider: Array<string> = []
      for (const path of pages()) {
        // With its styles: before they are there, nothing fits.
        await page.goto(address(path), { waitUntil: "load" })
        for (const { how, width } of views) {
          await page.setViewportSize({ width, height: 900 })
          const [scroll, client] = (await page.evaluate(widths)) as [number, number]
          if (scroll > client) wider.push(`${path}, ${how}: ${scroll}`)
        }
      }
      assert.deepStrictEqual(wider, [])
      await page.close()
    }, 300_000)
  }
)
