/** Which Node the program needs. */

/** As `engines` has it in package.json. */
export const oldestNode = "22.23"

const [oldestMajor = 0, oldestMinor = 0] = oldestNode.split(".").map(Number)

/** Whether the program cannot run on it. */
export const isTooOld = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split(".").map(Number)
  return major < oldestMajor || (major === oldestMajor && minor < oldestMinor)
}
