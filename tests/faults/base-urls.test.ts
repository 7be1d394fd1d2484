import { assert, describe, it } from "@effect/vitest"
import { createTokenBroker, TokenError } from "@onbehalf/core"
import { memoryStore } from "@onbehalf/store-memory"
import { apiKey, minting, upstream } from "../../packages/core/test/support/upstream.ts"

const host = "sandbox.nuapay.com"

const words = (text: TemplateStringsArray): ReadonlyArray<string> =>
  String.raw(text).replaceAll("HOST", host).trim().split(/\s+/)

interface Part {
  readonly fine: ReadonlyArray<string>
  readonly hostile: ReadonlyArray<string>
}

/** An address, part by part. */
const parts: ReadonlyArray<Part> = [
  {
    fine: ["https://", "HTTPS://"],
    hostile: [
      ...words`http:// ws:// wss:// ftp:// file:// data:// javascript:// gopher:// blob:https:// / //
        https: https:/ https:/// https:\\ https:/\ https// https://https://`,
      "",
      " https://",
      "\thttps://",
      "\u0000https://",
      "ht\ntps://",
      "https ://"
    ]
  },
  {
    fine: [""],
    hostile: words`user@ user:secret@ :@ @ %40@ a@b@ user:@ HOST@ HOST:443@ %00@`
  },
  {
    fine: [host, "SANDBOX.nuapay.com"],
    hostile: [
      ...words`. evil.example HOST.evil.example HOST. evilHOST evil.HOST nuapay.com api.nuapay.com
        sandbox-nuapay.com sandbox.nuapay.co sandboxnuapay.com sаndbox.nuapay.com sandbox.nuapay.сom
        xn--sndbox-3ve.nuapay.com xn--HOST *.HOST HOST\.evil.example HOST%00.evil.example
        HOST%2f.evil.example evil.example%23 localhost.evil.example 127.0.0.1.evil.example localhost.
        0.0.0.0 10.0.0.1 192.168.0.1 169.254.169.254 2852039166 0xa9fea9fe 0251.0376.0251.0376 1.1.1.1
        metadata.google.internal host.docker.internal [::] [fd00::1] [::ffff:169.254.169.254]
        [fe80::1%25lo] [::1`,
      "",
      `${host} evil`,
      "a".repeat(300)
    ]
  },
  {
    fine: ["", ":8443"],
    hostile: [...words`:99999 :65536 :-1 :x :8443x :0x1 :80:80 :443@evil.example ::443`, ": 443"]
  },
  {
    fine: ["", "/"],
    hostile: [
      ...words`/cust /.. /../ /%2e%2e/ /. // //evil.example /@evil.example /;a=b /\evil.example \
        \@evil.example /a/../.. /%00 /:80`,
      "/\n",
      "/ "
    ]
  },
  {
    fine: [""],
    hostile: [...words`? # ?a=b #x ?# ?key=secret #@evil.example ?@evil.example ?/..`, "\n?x"]
  }
]

/** One hostile part in a fine address, and two at a time. */
const hostile: ReadonlySet<string> = new Set(
  parts.flatMap((one, first) =>
    one.hostile.flatMap((bad) =>
      parts.flatMap((two, second) =>
        [...two.fine, ...two.hostile].map((other) =>
          parts
            .map(({ fine: [plain = ""] }, at) =>
              at === first ? bad : at === second ? other : plain
            )
            .join("")
        )
      )
    )
  )
)

const fine: ReadonlyArray<string> = parts.reduce<ReadonlyArray<string>>(
  (begun, part) => begun.flatMap((text) => part.fine.map((next) => text + next)),
  [""]
)

const create = (baseUrl: string) => {
  const { asked, fetch } = upstream(minting)
  const broker = createTokenBroker({
    apiKey,
    environment: "sandbox",
    baseUrl,
    store: memoryStore(),
    fetch
  })
  return { asked, broker }
}

describe("T8: base addresses", () => {
  it("hostile ones, 500 and more, are refused as a setting, and nothing is sent", async () => {
    assert.isAbove(hostile.size, 500)
    for (const address of hostile) {
      const { asked, broker } = create(address)
      const error = await broker.then(
        () => assert.fail(`accepted: ${JSON.stringify(address)}`),
        (cause: unknown) => cause
      )
      if (!(error instanceof TokenError)) throw error
      assert.strictEqual(error.code, "invalid_configuration", address)
      assert.include(error.message, "NUAPAY_BASE_URL")
      assert.notInclude(error.message, apiKey)
      assert.strictEqual(asked.length, 0)
    }
  })

  it.each([...fine, "http://localhost:4010", "http://127.0.0.1:4010/", "http://[::1]:4010"])(
    "%s is accepted, and all goes there",
    async (address) => {
      const { asked, broker } = create(address)
      await using open = await broker
      const merchant = await open.forOrganisation("merchant-1", { scopes: ["admin"] })
      await merchant.token()
      const { origin } = new URL(address)
      assert.strictEqual(asked[0]?.url, `${origin}/organisations/merchant-1/tokens`)
    }
  )
})
