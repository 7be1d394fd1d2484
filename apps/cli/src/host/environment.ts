/** What only the process knows. */
import process from "node:process"

/** Of Node. */
export const nodeVersion = process.versions.node

/** What is set. */
export const environmentVariable = (name: string): string | undefined => process.env[name]
