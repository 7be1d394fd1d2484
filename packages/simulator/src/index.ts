/**
 * Nuapay's Gatekeeper and organisation service as a local server, with faults on demand.
 *
 * @since 0.1.0
 */
export { ConnectionReset } from "./ConnectionReset.ts"
export type { MerchantSummary, SimulatorControls } from "./Controls.ts"
export type { ActiveFault, Fault } from "./Faults.ts"
export { simulatorApiKey, type SimulatorOptions } from "./Options.ts"
export { startSimulator, type RunningSimulator } from "./promise.ts"
export { InvalidOptions } from "./InvalidOptions.ts"
export type { LoggedRequest } from "./RequestLog.ts"
export { ListenError, SimulatorServer, type ServerOptions } from "./Server.ts"
export { simulatorPublicJwk } from "./SigningKey.ts"
export { Simulator, type SimulatorService } from "./Simulator.ts"
