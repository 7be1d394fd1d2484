/**
 * Types `req.onBehalf`. Import it once, where the middleware is made.
 *
 * @since 0.1.0
 */
import type { OnBehalfAs } from "./MerchantAccess.ts"

declare global {
  namespace Express {
    interface Request extends OnBehalfAs<"onBehalf"> {}
  }
}
