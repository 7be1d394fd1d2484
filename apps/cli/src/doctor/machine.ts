/** What can be wrong with this machine. */
import { environmentVariable, nodeVersion } from "../host/environment.ts"
import { exitCode } from "../exitCode.ts"
import { type Finding, failure, ok, warning } from "./Finding.ts"

/** Below, Node could give one request the answer of another (CVE-2026-48931). One older still runs nothing of ours. */
const oldest: Readonly<Record<number, number>> = { 24: 17, 26: 3 }

/** Which Node this is. */
export const node = (version = nodeVersion): Finding => {
  const [major = 0, minor = 0] = version.split(".").map(Number)
  const least = oldest[major]
  return least !== undefined && minor < least
    ? failure(
        "node",
        `${version} can mix up answers (CVE-2026-48931): use ${major}.${least} or newer`,
        exitCode.unexpected
      )
    : ok("node", version)
}

/** Variables of Node's that tell secrets or trust everybody. */
export const nodeSettings = (read = environmentVariable): Finding => {
  if (read("NODE_TLS_REJECT_UNAUTHORIZED") === "0") {
    return failure(
      "node settings",
      "NODE_TLS_REJECT_UNAUTHORIZED=0 lets anybody read your API key: unset it, and name a private authority in NODE_EXTRA_CA_CERTS",
      exitCode.configuration
    )
  }
  return (read("NODE_DEBUG") ?? "") === ""
    ? ok("node settings", "nothing that weakens TLS or prints headers")
    : warning("node settings", "NODE_DEBUG may print headers, with your API key: unset it")
}
