import * as Context from "effect/Context"
import * as Metric from "effect/Metric"
import { formatUnsafe } from "effect/observability/PrometheusMetrics"
import { OnBehalfError } from "../OnBehalfError.ts"
import type { Waiting } from "./waiting.ts"

/** Seconds. */
const boundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20]

/**
 * What the middleware counts, in a registry of its own; the broker's metrics are those of the whole process. Labels
 * are a few fixed words, never a merchant.
 */
export class Metrics {
  /** A plain number, because each request adds to it. */
  #requests = 0
  readonly #registry: Metric.MetricRegistry = new Map()
  readonly #context = Context.make(Metric.MetricRegistry, this.#registry)
  readonly #waits: Metric.Histogram<number>
  readonly #errors = new Map<string, Metric.Counter<number>>()
  readonly #told = new WeakSet<OnBehalfError>()
  readonly #attributes: { readonly name: string }

  constructor(name: string, waiting: Waiting) {
    this.#attributes = { name }
    const attributes = this.#attributes
    this.#waits = Metric.histogram("onbehalf_express_wait_seconds", {
      description: "Time that requests waited for a token or for an answer of Nuapay",
      attributes,
      boundaries
    })
    const requests = Metric.counter("onbehalf_express_requests_total", {
      description: "Requests that were given a merchant",
      attributes,
      incremental: true
    })
    Metric.registerUnsafe(requests, this.#context, {
      ...unchanged,
      get: () => ({ count: this.#requests, incremental: true })
    })
    const now = Metric.gauge("onbehalf_express_waiting", {
      description: "Requests that wait for Nuapay",
      attributes
    })
    Metric.registerUnsafe(now, this.#context, {
      ...unchanged,
      get: () => ({ value: waiting.count })
    })
  }

  entered(): void {
    this.#requests++
  }

  waited(seconds: number): void {
    this.#waits.updateUnsafe(seconds, this.#context)
  }

  /** Counts what the middleware refuses or fails with, once however often it is told; gives it back. */
  failed(error: unknown): unknown {
    if (error instanceof OnBehalfError && !this.#told.has(error)) {
      this.#told.add(error)
      this.#errorsOf(error.code).updateUnsafe(1, this.#context)
    }
    return error
  }

  /** Prometheus' text format. */
  text(): string {
    const all = Context.get(Context.empty(), Metric.MetricRegistry)
    const broker = [...all].filter(([, { id }]) => id.startsWith("onbehalf_"))
    return formatUnsafe(
      Context.make(Metric.MetricRegistry, new Map([...broker, ...this.#registry]))
    )
  }

  #errorsOf(code: string): Metric.Counter<number> {
    const known = this.#errors.get(code)
    if (known !== undefined) return known
    const counter = Metric.counter("onbehalf_express_errors_total", {
      description: "Refusals and failures, by code",
      attributes: { ...this.#attributes, code },
      incremental: true
    })
    this.#errors.set(code, counter)
    return counter
  }
}

const unchanged = { update: () => undefined, modify: () => undefined }
