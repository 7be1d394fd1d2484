/** Commands by name, each loaded when it is needed: what a run does not use would be most of its time. */
import type * as Command from "effect/cli/Command"

type Loaders = Readonly<Record<string, () => Promise<Command.Command.Any>>>

type Loaded<L extends Loaders> = Awaited<ReturnType<L[keyof L]>>

/** The one of that name; all of them, for help, completion and suggestions, where none has it. */
export const load = <L extends Loaders>(
  loaders: L,
  name: string | undefined
): Promise<ReadonlyArray<Loaded<L>>> => {
  const named = Object.entries(loaders).filter(([each]) => each === name)
  const wanted = named.length === 0 ? Object.entries(loaders) : named
  return Promise.all(wanted.map(([, loader]) => loader() as Promise<Loaded<L>>))
}
