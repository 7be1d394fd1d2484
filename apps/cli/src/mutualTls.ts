import { layerNodeHttpOptions } from "@effect/platform-node/NodeHttpClient"
import * as Redacted from "effect/Redacted"
import type { ClientCertificate } from "./configuration/clientCertificate.ts"

/** A client that shows a certificate: a `fetch` takes none. */
export const layer = ({ certificate, key }: ClientCertificate) =>
  layerNodeHttpOptions({ cert: certificate, key: Redacted.value(key) })
