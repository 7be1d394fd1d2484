import { assert, describe, it } from "@effect/vitest"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assertFailed, assertSilent, type RunOptions } from "./support/cli.ts"
import { makeWorld } from "./support/world.ts"

const world = makeWorld()

const api = (args: ReadonlyArray<string>, options?: RunOptions) =>
  world.run(
    [
      "api",
      ...args,
      "--organisation",
      world.merchant,
      "--scope",
      "admin",
      "--scope",
      "openbanking_pisp"
    ],
    options
  )

interface Answer {
  readonly data: ReadonlyArray<Record<string, unknown>> & Record<string, unknown>
}

const read = (text: string) => JSON.parse(text) as Answer

describe("api", () => {
  it("prints the body as it came, for the merchant that was named", async () => {
    const ended = await api(["GET", "/mandates"])
    assertSilent(ended)
    assert.strictEqual(ended.stdout.split("\n").length, 1)
    const { data } = read(ended.stdout)
    assert.isAbove(data.length, 0)
    assert.isTrue(data.every((mandate) => mandate["organisationId"] === world.merchant))
  })

  it("puts fields into the query of a GET, and leaves the one in the path alone", async () => {
    const ended = await api(["get", "/mandates?pagesize=2", "--field", "pagenumber=2"])
    assert.strictEqual(read(ended.stdout).data.length, 2)
    assert.include(ended.stdout, '"pageNumber":2')
  })

  it("puts fields into the body of a POST: text as text, JSON as JSON", async () => {
    const ended = await api([
      "POST",
      "/tpp/payments",
      "--field",
      "amount:=12.5",
      "--field",
      "merchantReference=0123=x"
    ])
    assertSilent(ended)
    assert.deepInclude(read(ended.stdout).data, { amount: 12.5, merchantReference: "0123=x" })
  })

  it("takes the body from stdin or from a file", async () => {
    const piped = await api(["POST", "/tpp/payments", "--input", "-"], { input: '{"amount":7}' })
    assertSilent(piped)
    assert.deepInclude(read(piped.stdout).data, { amount: 7 })
    const folder = await mkdtemp(join(tmpdir(), "onbehalf-"))
    try {
      const file = join(folder, "payment.json")
      await writeFile(file, '{"amount":8}')
      const ended = await api(["POST", "/tpp/payments", "--input", file])
      assert.deepInclude(read(ended.stdout).data, { amount: 8 })
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it("prints status and headers when told to, and no body where there is none", async () => {
    const ended = await api(["HEAD", "/mandates", "--include"])
    assert.match(ended.stdout, /^HTTP\/1\.1 200\n([a-z-]+: .*\n)+\n$/)
    assert.include(ended.stdout, "content-type: application/json\n")
    assertSilent(ended)
  })

  it.each([
    [400, 2],
    [403, 4],
    [404, 5],
    [429, 6],
    [500, 7]
  ])("status %i: the body on stdout, a line on stderr, exit code %i", async (status, code) => {
    world.simulator.addFault({ kind: "status", status, match: { path: "/mandates" } })
    const ended = await api(["GET", "/mandates"])
    assert.include(ended.stdout, '"returnCode"')
    assert.match(
      ended.stderr,
      new RegExp(
        `^onbehalf: GET /mandates for organisation ${world.merchant} .* status ${status}[^\n]*\n$`
      )
    )
    assert.strictEqual(ended.code, code)
  })

  it("a token that is refused is replaced once", async () => {
    world.simulator.addFault({
      kind: "status",
      status: 401,
      times: 1,
      match: { path: "/mandates" }
    })
    assertSilent(await api(["GET", "/mandates"]))
    world.simulator.addFault({ kind: "status", status: 401, match: { path: "/mandates" } })
    const ended = await api(["GET", "/mandates"])
    assert.match(ended.stderr, /status 401\. A fresh token was refused too/)
    assert.strictEqual(ended.code, 4)
  })

  it("does not follow a redirect with the token", async () => {
    world.simulator.addFault({
      kind: "redirect",
      location: `${world.simulator.url}/tpp/banks`,
      match: { path: "/mandates" }
    })
    assertFailed(await api(["GET", "/mandates"]), 7, /\[unsupported\]/)
    assert.notProperty(world.simulator.counters, "listBanks")
  })

  it("tells of a body that breaks off", async () => {
    world.simulator.addFault({ kind: "reset", when: "during", match: { path: "/mandates" } })
    const { code, stderr } = await api(["GET", "/mandates"])
    assert.match(stderr, /^onbehalf: Nuapay cannot be reached [^\n]+\[unavailable\]\n$/)
    assert.strictEqual(code, 7)
  })

  it.each([
    [["BREW", "/mandates"], /<method>: "BREW"\. Expected: GET, HEAD/],
    [["GET", "//elsewhere.example/mandates"], /path must be a path such as "\/mandates"/],
    [["GET", "https://elsewhere.example/mandates"], /path must be a path such as "\/mandates"/],
    [["GET", "/mandates", "--input", "-"], /a GET request has no body: leave out --input/],
    [
      ["POST", "/tpp/payments", "--input", "/nonexistent/x"],
      /\/nonexistent\/x cannot be read \(NotFound\)/
    ],
    [["POST", "/tpp/payments", "--field", "amount"], /--field: "amount"\. Expected: name=text/],
    [
      ["POST", "/tpp/payments", "--field", "amount:=x"],
      /--field: "amount:=x"\. Expected: name=text/
    ],
    [["POST", "/tpp/payments", "--field", "a=1", "--field", "a=2"], /names the same thing twice/],
    [["POST", "/tpp/payments", "--paginate"], /goes with GET/],
    [["GET", "/mandates?PageNumber=2", "--paginate"], /without pagenumber/],
    [["GET", "/mandates", "--field", "pagenumber=2", "--paginate"], /without pagenumber/],
    [["GET", "/mandates", "--include", "--paginate"], /leave out --include/]
  ])("refuses %j before it asks for a token", async (args, saying) => {
    assertFailed(await api(args), 2, saying)
    assert.deepStrictEqual(world.simulator.requests, [])
  })
})

describe("api --paginate", () => {
  const pages = (...args: ReadonlyArray<string>) =>
    api(["GET", "/mandates", "--paginate", "--field", "pagesize=2", ...args])

  const asked = () => world.simulator.counters["listMandates"] ?? 0

  it("makes one array of all pages", async () => {
    const { data } = read((await api(["GET", "/mandates"])).stdout)
    assert.isAbove(data.length, 2)
    const before = asked()
    const ended = await pages()
    assertSilent(ended)
    assert.deepStrictEqual(JSON.parse(ended.stdout), data)
    assert.strictEqual(asked() - before, Math.ceil(data.length / 2))
  })

  const answers = (body: unknown) =>
    world.simulator.addFault({
      kind: "status",
      status: 200,
      contentType: "application/json",
      body,
      match: { path: "/mandates" }
    })

  it("leaves numbers as they are written", async () => {
    answers('{"data": [{"amount": 10.00, "id": 12345678901234567890}]}')
    const ended = await pages()
    assert.strictEqual(ended.stdout, '[\n{"amount":10.00,"id":12345678901234567890}\n]\n')
    assertSilent(ended)
  })

  it("ends where a page is empty, whatever was said of more", async () => {
    answers('{"data": [], "page": {"pageSize": 2, "totalPages": 9}}')
    const ended = await pages()
    assert.deepStrictEqual(JSON.parse(ended.stdout), [])
    assert.strictEqual(world.simulator.requests.length, 2)
  })

  it.each(['{"data": {"id": 1}}', "[1]", "no JSON"])(
    "refuses %j, which is no list",
    async (body) => {
      answers(body)
      assertFailed(await pages(), 2, /is no list: leave out --paginate/)
    }
  )

  it("prints the answer where the first page fails, as without it", async () => {
    world.simulator.addFault({ kind: "status", status: 403, match: { path: "/mandates" } })
    const ended = await pages()
    assert.include(ended.stdout, '"returnCode"')
    assert.match(ended.stderr, /status 403/)
    assert.strictEqual(ended.code, 4)
  })

  it("leaves the array unfinished where a later page fails", async () => {
    world.simulator.addFault({
      kind: "status",
      status: 500,
      after: 1,
      match: { path: "/mandates" }
    })
    const ended = await pages()
    assert.strictEqual(ended.stdout.split("\n").length, 3)
    assert.throws(() => JSON.parse(ended.stdout), SyntaxError)
    assert.match(ended.stderr, /^onbehalf: GET \/mandates [^\n]+ status 500[^\n]+\n$/)
    assert.strictEqual(ended.code, 7)
  })
})
