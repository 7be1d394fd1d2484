/** A port from the command line; `option` is its name there. */
export const portNumber = (option: string, text: string | undefined, otherwise: number): number => {
  if (text === undefined) return otherwise
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new Error(`${option} must be a port from 0 to 65535`)
}

/** Why nothing can listen there, in words that help. */
export const portProblem = (option: string, port: number, error: unknown): unknown =>
  error instanceof Error && "code" in error && error.code === "EADDRINUSE"
    ? new Error(`Port ${port} is in use: end what listens there, or choose another with ${option}`)
    : error
