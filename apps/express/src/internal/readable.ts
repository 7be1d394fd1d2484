import { OnBehalfError } from "../OnBehalfError.ts"

const readers = ["arrayBuffer", "blob", "bytes", "formData", "json", "text"] as const

/**
 * An answer whose body fails as the call does: with an error that Express can answer, and that quotes nothing of the
 * body, as those of JSON do. `failed` is told of it.
 */
export const readable = (
  response: Response,
  signal: AbortSignal,
  failed: (error: unknown) => unknown
): Response => {
  for (const name of readers) {
    const original: () => Promise<unknown> = response[name]
    const value = async (): Promise<unknown> => {
      // A mistake of the app, and not Nuapay's.
      const wasRead = response.bodyUsed
      try {
        return await original.call(response)
      } catch (error) {
        if (wasRead) throw error
        if (signal.aborted) throw failed(error)
        const problem = `its answer cannot be read (${name})`
        throw failed(new OnBehalfError("upstream_failed", { problem }))
      }
    }
    Object.defineProperty(response, name, { value, configurable: true, writable: true })
  }
  const clone = () => readable(Response.prototype.clone.call(response), signal, failed)
  Object.defineProperty(response, "clone", { value: clone, configurable: true, writable: true })
  return response
}
