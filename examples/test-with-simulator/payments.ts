/** What is tested: it knows nothing of a simulator. */
import type { GrantHandle } from "@onbehalf/core"

export const countMandates = async (merchant: GrantHandle): Promise<number> => {
  const answer = await merchant.fetch("/mandates")
  if (!answer.ok) throw new Error(`Nuapay answered ${answer.status}`)
  const { data } = (await answer.json()) as { readonly data: ReadonlyArray<unknown> }
  return data.length
}
