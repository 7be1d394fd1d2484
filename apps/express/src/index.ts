/**
 * Express middleware: every request gets a client that acts for its own merchant, and for no other.
 *
 * @since 0.1.0
 */
export { answerable } from "./answerable.ts"
export { errorHandler } from "./errorHandler.ts"
export type { MerchantAccess, OnBehalf, OnBehalfAs, UsingOptions } from "./MerchantAccess.ts"
export { OnBehalfError, type OnBehalfErrorCode } from "./OnBehalfError.ts"
export { onBehalf, type OnBehalfMiddleware } from "./onBehalf.ts"
export type { OnBehalfOptions } from "./OnBehalfOptions.ts"
export type { ProxyOptions } from "./ProxyOptions.ts"
