import { assert, describe, it } from "@effect/vitest"
import { onBehalf, type ProxyOptions } from "@onbehalf/express"
import { makeWorld } from "./support/world.ts"

const world = makeWorld()

describe("the rules of a proxy", () => {
  it.each([
    { methods: [], paths: ["/mandates"] },
    { methods: ["TRACE"], paths: ["/mandates"] },
    { methods: ["CONNECT"], paths: ["/mandates"] },
    { methods: ["GET"], paths: [] },
    { methods: ["GET"], paths: ["/"] },
    { methods: ["GET"], paths: ["mandates"] },
    { methods: ["GET"], paths: ["/mandates/"] },
    { methods: ["GET"], paths: ["/../x"] },
    { methods: ["GET"], paths: ["https://evil.example"] },
    { methods: ["GET"], paths: ["/mandates"], headers: ["Cookie"] },
    { methods: ["GET"], paths: ["/mandates"], headers: ["authorization"] },
    { methods: ["GET"], paths: ["/mandates"], headers: ["Transfer-Encoding"] },
    { methods: ["GET"], paths: ["/mandates"], headers: ["Accept-Encoding"] },
    { methods: ["GET"], paths: ["/mandates"], headers: ["Proxy-Authorization"] },
    { methods: ["GET"], paths: ["/mandates"], headers: ["Content-Length"] },
    { methods: ["GET"], paths: ["/mandates"], headers: ["a b"] },
    { methods: ["GET"], paths: ["/mandates"], maximumBodyBytes: 0 },
    // As JavaScript lets one write it.
    "/nuapay",
    {},
    { methods: "GET", paths: ["/mandates"] },
    { methods: [1], paths: ["/mandates"] },
    { methods: ["GET"], paths: "/mandates" },
    { methods: ["GET"], paths: ["/mandates"], headers: "range" },
    { methods: ["GET"], paths: ["/mandates"], maximumBodyBytes: "10" }
  ] as ReadonlyArray<unknown>)("are checked when it is made: %j", async (rules) => {
    const nuapay = onBehalf(world.options())
    assert.throws(() => nuapay.proxy(rules as ProxyOptions), /Invalid configuration/)
    await nuapay.close()
  })
})
