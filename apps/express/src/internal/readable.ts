import { OnBehalfError } from "../OnBehalfError.ts"

const readers = ["arrayBuffer", "blob", "bytes", "formData", "json", "text"] as const

/**
 * An answer whose body fails as the call does: with an error that Express can answer, and that quotes nothing of the
 * body, as those of JSON do.
 */
export const readable = (response: Response, signal: AbortSignal): Response => {
  for (const name of readers) {
    const original: () => Promise<unknown> = response[name]
    const value = async (): Promise<unknown> => {
      // A mistake of the app, and not Nuapay's.
      const wasRead = response.bodyUsed
      try {
        return await original.call(response)
      } catch (error) {
        if (wasRead || signal.aborted) throw error
        throw new OnBehalfError("upstream_failed", {
          problem: `its answer cannot be read (${name})`
        })
      }
    }
    Object.defineProperty(response, name, { value, configurable: true, writable: true })
  }
  const clone = () => readable(Response.prototype.clone.call(response), signal)
  Object.defineProperty(response, "clone", { value: clone, configurable: true, writable: true })
  return response
}
