/** The entry of the thread that writes: it may wait for a lock or a disk, the process does not. */
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads"
import type { Message } from "./requests.ts"
import * as Writing from "./writing.ts"

const port = parentPort
if (port === null) throw new Error("runs as a worker thread only")

const { directory, wait } = workerData as { readonly directory: string; readonly wait: number }
const writing = Writing.make(directory, wait)

/** One transaction holds no more, so that other processes get their turn. */
const maximumBatch = 128

/** All that has arrived by now and can go into one transaction; and what comes after that. */
const batchFrom = (first: Message): [batch: ReadonlyArray<Message>, next: Message | undefined] => {
  const batch = [first]
  while (batch.length < maximumBatch && first.operation !== "locate") {
    const message = receiveMessageOnPort(port)?.message as Message | undefined
    if (message === undefined) break
    if (message.operation === "locate" || message.operation === "close") return [batch, message]
    batch.push(message)
  }
  return [batch, undefined]
}

const handle = (first: Message): void => {
  if (first.operation === "close") {
    writing.close()
    port.postMessage({ number: first.number, outcome: { answer: true } })
    port.close()
    return
  }
  const [batch, next] = batchFrom(first)
  for (const reply of writing.answer(batch)) port.postMessage(reply)
  if (next !== undefined) handle(next)
}

port.on("message", handle)
