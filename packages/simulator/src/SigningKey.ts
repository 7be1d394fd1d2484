import { createPrivateKey, createPublicKey, sign } from "node:crypto"

/**
 * A test key, committed on purpose: with it the same seed gives the same tokens in every run. It
 * signs nothing but simulated tokens and protects nothing.
 */
const privateJwk = {
  kty: "RSA",
  n: [
    "wBAk49clwwaCYlfSXc5IJyAbBYosHEKBhAslYPWpwd5HxN0DtwXIICdFKR4W7YzS3_aOrdcuZDrhAFQIjon36e",
    "VvO1G6WMpYLeqXuPpvn3QX-8kVlCob7Pq7732cDHKa09f5a2ZkN8dnrjvnzdR7YO8KjH_gJcBYoQxyufuBt8S3",
    "YJFDj3_DnIv6QwsaPq-pWqK8amjBObiQnsxcyajVNtsXG1D1dX7hYWcxLc3UfuO8fOpSYpJlhiUfq9gHzpH-SS",
    "_qCwOtkSHgaD32UkS-w2lxdwEm_p1V6vYqK0uUpihOAthfEx9tRr7O43di7QH69iR_5UdaApp6Szs3Y_3djQ"
  ].join(""),
  e: "AQAB",
  d: [
    "A0_a0FSc8a7JaPDGm62kmfkSNdXvfKXu8azAYv8AWP39PyuY-wQxJm9Eo4sXBqZcF4FotuFUHVlaenHaDASHSS",
    "e1PMenIRl1G6t-7AyxgdSqpOx3B8VzW8fRSFpQCPkbJLe2fhg5CM-VihfJvhCXG_kRwdsZzBhJJE2fDeO7dxPH",
    "jXdA6ZF7LbEsyjAG4oFhOqoe-N-maZFXN1o5KaIYGRmv_wUtzg-RugLPNW7f2CwNSejFYDiOoQgqK5l2nSqQwc",
    "pOqSD0ADBDsaT8CYvaLGRcviixtM1qXCb_Q04KWdIlZ018NYPHyEA1fZJnrCNIm0fx_qJO9eh5lrS5HO1BVw"
  ].join(""),
  p: [
    "6y28BRB2DWupJxVlW0s9JhI_EdrMzJJKGXgNul4nT71D4Sz5XybvH6_w88SqeoOsAjkrNx5R3Pnj4HnNgSRP2Q",
    "BfYljbN_vKcMKt1f9Qh3Eihg-QUP7I5AJhHp8RUecVXxuttSpFu_s-yFDLTAsWKsBB67Zg9nlY2JQ7hdN5eIs"
  ].join(""),
  q: [
    "0RE0oh2mp1X-aT6PRs36eiAc1eNEKTvkv-GizQR-BGdJDGyuhqY6amt6p-ihk4ISbLMQhU8bq7mv_OSvWvssY8",
    "HOslW4jyCDafjNhDbpV3hn8KcIcwZjP4z8PE5mA83Me1Ebv4greIm57zRImbZjygU1T6sfkJ00hV0YS9_3LUc"
  ].join(""),
  dp: [
    "wSv8v1ApF5byBwddDKL9ZDMimQDWrcYPlWH2LLm_opC8m828O3sYeTekPCazPRTAicb5hzmhVlfv5GdH9Kal64",
    "GR149S6WYpf3t5HEitlcLI78MC8HSHADowGd3gdRzRgiCTCzbgtqqFhDZQ9nI4z_7BZuKUPH-qCaOgTKlKokc"
  ].join(""),
  dq: [
    "o0Onca5sFaNfEPss0mNKZpKrUhCviu_d3EatZyNJ8dBiyFQbGsW3OqICYBuYCmR6VO6lSSWU-07_8yL3GbqqWK",
    "Dh9Hxiq0r9tQT6IXTsVkWODe2y-HiViuxjkgi7O987_1VAsRr6r6AGVpni1D8NwJa-oh-Ff950RG2F6sLU-UM"
  ].join(""),
  qi: [
    "Pwx1Y4Sjvpg0CfuTkSJ4--DK3ic4C1tl6d3wZBRNqYVHk1fu3A1nbtsr2npd5pKfy9me7SKtDOu-kRg7jYBxr_",
    "JBrt7Rv6CGUKAWNK9m3JR9eKQUD55-b7sYy_5kwN2TzuOIiQtPdsJmO8nPLFaU6XodjynZkIngmK_DtVyRj9U"
  ].join("")
}

const privateKey = createPrivateKey({ key: privateJwk, format: "jwk" })

/**
 * The public half of the simulator's signing key, as a JWK, to verify tokens with.
 *
 * @category constants
 * @since 0.1.0
 */
export const simulatorPublicJwk: Readonly<Record<string, unknown>> = {
  ...createPublicKey(privateKey).export({ format: "jwk" }),
  alg: "RS256",
  use: "sig"
}

const header = Buffer.from(JSON.stringify({ alg: "RS256", typ: "JWT" })).toString("base64url")

/** Signs claims as an RS256 JWT; the same claims always give the same text. */
export const signJwt = (claims: Readonly<Record<string, unknown>>): string => {
  const text = `${header}.${Buffer.from(JSON.stringify(claims)).toString("base64url")}`
  return `${text}.${sign("RSA-SHA256", Buffer.from(text), privateKey).toString("base64url")}`
}
