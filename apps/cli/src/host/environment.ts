/** What only the process knows. */
import process from "node:process"
import { debuglog } from "node:util"

/** Of Node. */
export const nodeVersion = process.versions.node

/** The user that this process runs as; `undefined` on Windows, which has no numbers for users. */
export const ownUser = (): number | undefined => process.geteuid?.()

/** What is set. */
export const environmentVariable = (name: string): string | undefined => process.env[name]

/** Whether that part of Node prints what it does. */
export const isPrinted = (part: string): boolean => debuglog(part).enabled
