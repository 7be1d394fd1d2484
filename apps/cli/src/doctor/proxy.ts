/** The way to Nuapay, where Node takes it through a proxy. */
import * as Redacted from "effect/Redacted"
import { globalAgent } from "node:https"
import { environmentVariable } from "../host/environment.ts"
import { exitCode } from "../exitCode.ts"
import { type Finding, failure, ok, warning } from "./Finding.ts"

/** What the environment says, and whether Node listens to it. */
export interface ProxySettings {
  /** The variable that names the proxy. */
  readonly variable: string
  /** It may hold a password. */
  readonly address: Redacted.Redacted
  readonly inUse: boolean
}

/** None where no proxy is named. Node uses it where `NODE_USE_ENV_PROXY` or `--use-env-proxy` says so. */
export const proxySettings = (read = environmentVariable): ProxySettings | undefined => {
  for (const variable of ["https_proxy", "HTTPS_PROXY"]) {
    const address = read(variable) ?? ""
    if (address === "") continue
    const inUse = globalAgent.options.proxyEnv !== undefined
    return { variable, address: Redacted.make(address), inUse }
  }
  return undefined
}

/** Whether the proxy that is named is the one that is used. */
export const proxy = (settings: ProxySettings | undefined, hasCertificate: boolean): Finding => {
  if (settings === undefined) return ok("proxy", "none: the connection is direct")
  const { address, inUse, variable } = settings
  const host = URL.canParse(Redacted.value(address)) ? new URL(Redacted.value(address)).host : ""
  if (host === "") {
    return failure(
      "proxy",
      `${variable} is no address: write it as http://host:port`,
      exitCode.configuration
    )
  }
  if (hasCertificate) {
    return warning(
      "proxy",
      `${host} is not used: with a client certificate the connection is direct`
    )
  }
  return inUse
    ? ok("proxy", `${host}, from ${variable}, unless NO_PROXY names the host`)
    : warning("proxy", `${variable} is set and not used: set NODE_USE_ENV_PROXY=1 if it is needed`)
}
