/** Which hosts may receive the API key. */
export interface AddressRules {
  readonly host: string
  readonly trustedHost: string | undefined
  readonly loopback: boolean
}

/**
 * The origin of a base address, or what is wrong with it; the text itself is never quoted, it may hold
 * credentials.
 */
export const address = (
  text: string,
  rules: AddressRules
): { readonly origin: string } | { readonly problem: string } => {
  const url = URL.parse(text)
  if (url === null || !/^https?:\/\/[^/\\]/i.test(text) || /[\s\\]/.test(text)) {
    return { problem: "must be an address such as https://sandbox.nuapay.com" }
  }
  if (text.includes("@")) {
    return { problem: "must not contain credentials: the API key goes into NUAPAY_API_KEY" }
  }
  if (/[?#]/.test(text)) {
    return { problem: "must not have a query or a fragment" }
  }
  if (/^https?:\/\/[^/]+\/./i.test(text)) {
    return { problem: "must not have a path: path prefixes are settings of their own" }
  }
  return judgeHost(url, rules)
}

const judgeHost = (
  url: URL,
  rules: AddressRules
): { readonly origin: string } | { readonly problem: string } => {
  if (isLoopback(url.hostname)) {
    return rules.loopback
      ? { origin: url.origin }
      : { problem: "must not be this machine when the environment is live" }
  }
  if (url.protocol !== "https:") {
    return { problem: "must be https: plain http is accepted for this machine alone" }
  }
  if (url.hostname !== rules.host && url.hostname !== rules.trustedHost?.toLowerCase()) {
    return {
      problem: `must be on ${rules.host}, or on the host that NUAPAY_TRUSTED_HOST (trustedHost) names`
    }
  }
  return { origin: url.origin }
}

const isLoopback = (hostname: string): boolean =>
  hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname)
