import type { Response } from "express"

/** Node's answers over HTTP/2 tell less than their type does; bridges bring Express to them. */
type AnyResponse = Pick<Response, "writableEnded" | "writableFinished"> & {
  readonly closed?: boolean
  readonly stream?: { readonly destroyed: boolean }
}

/** Whether nothing more will be heard of it. */
export const isClosed = (response: AnyResponse): boolean =>
  response.closed ?? response.stream?.destroyed ?? false

/** Whether all of it was sent. Over HTTP/2 one that its client broke off calls itself finished as well. */
export const isSent = (response: AnyResponse): boolean =>
  response.writableEnded && response.writableFinished
