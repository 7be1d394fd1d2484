import type { Health, PromiseTokenBroker } from "@onbehalf/core"
import type { RequestHandler } from "express"
import { within } from "./untilAborted.ts"

/** Milliseconds for a broker that has not started yet: its store may still be connecting. */
const patience = 2_500

/** For load balancers: 503 where no work should be sent here. */
export const healthHandler =
  (broker: Promise<PromiseTokenBroker>, state: { readonly isClosing: boolean }): RequestHandler =>
  async (_request, response) => {
    const health = state.isClosing ? unknown : await healthOf(broker)
    response
      .status(health.status === "down" ? 503 : 200)
      .set("Cache-Control", "no-store")
      .json(health)
  }

const unknown: Health = { status: "down", apiKey: "unknown", store: "fails" }

const healthOf = async (broker: Promise<PromiseTokenBroker>): Promise<Health> => {
  try {
    return await within(patience, async () => (await broker).health())
  } catch {
    return unknown
  }
}
