/** The worker's side of `workers.ts`. */

/** Milliseconds of a clock that all processes of a machine share. */
export const sharedNow = (): number => Number(process.hrtime.bigint()) / 1e6

/** What the worker was started with. */
export const settingsOf = <Settings>(): Settings => JSON.parse(process.argv[2] ?? "") as Settings

/** Does what it is told, until nobody is left who could. */
export const serveTasks = <Task, Result extends object>(
  work: (task: Task) => Promise<Result>
): void => {
  process.on("message", (task: Task) => {
    work(task).then(
      (result) => process.send?.(result),
      (error: unknown) => process.send?.({ failure: String(error) })
    )
  })
  process.on("disconnect", () => process.exit(0))
  process.send?.({})
}
