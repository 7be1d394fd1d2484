/** A fresh process for one contender: prepares it once, then takes a sample whenever it is asked to. */
import { fiberSampler } from "../fiber.ts"
import { memorySampler } from "../memory.ts"
import { renewalSampler } from "../renewal.ts"
import { stampedeSampler } from "../stampede.ts"
import { warmSampler } from "../warm.ts"
import type { Figures, Sampler, Spec } from "./interleave.ts"

const samplers: Readonly<Record<Spec["bench"], Sampler>> = {
  warm: warmSampler,
  fiber: fiberSampler,
  stampede: stampedeSampler,
  memory: memorySampler,
  renewal: renewalSampler
}

let sample: (() => Promise<Figures>) | undefined

const answer = async (message: Spec | "sample"): Promise<Figures> => {
  if (message === "sample") return (await sample?.()) ?? {}
  sample = await samplers[message.bench](message)
  return {}
}

process.on("message", (message: Spec | "sample") => {
  answer(message).then(
    (figures) => process.send?.({ figures }),
    (error: unknown) =>
      process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : "?" })
  )
})
process.on("disconnect", () => process.exit(0))
