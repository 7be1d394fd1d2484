import type * as OpenTelemetry from "@opentelemetry/api"
import { createRequire } from "node:module"

/** What a step tells of itself. */
export interface Span {
  setAttribute(name: string, value: string | number): unknown
}

/** An optional peer: looked for once. Not with `import`, which a `require` of this package could not wait for. */
const api: typeof OpenTelemetry | undefined = (() => {
  try {
    return createRequire(import.meta.url)("@opentelemetry/api") as typeof OpenTelemetry
  } catch {
    return undefined
  }
})()

const untraced: Span = { setAttribute: () => undefined }

/**
 * A span for a step that waits, where the app has OpenTelemetry and has set a provider up; without, OpenTelemetry's
 * own does nothing. No attribute names a merchant or holds a path.
 */
export const traced = <A>(name: string, work: (span: Span) => Promise<A>): Promise<A> => {
  if (api === undefined) return work(untraced)
  const { SpanKind, SpanStatusCode } = api
  return api.trace
    .getTracer("@onbehalf/express")
    .startActiveSpan(name, { kind: SpanKind.CLIENT }, async (span) => {
      try {
        return await work(span)
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR })
        span.setAttribute("error.type", typeOf(error))
        throw error
      } finally {
        span.end()
      }
    })
}

const typeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return "unknown"
  return "code" in error && typeof error.code === "string" ? error.code : error.name
}
