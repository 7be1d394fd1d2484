import { uptime } from "./host.ts"
import type { Message } from "./requests.ts"
import { lockPatience, patience, trouble, type Letter, type Outcome } from "./thread.ts"
import * as Writing from "./writing.ts"

/**
 * The side that writes without a thread: whoever asks stands still for the disk or a lock, and has no thread to
 * wait for at its start.
 */
export class InProcess {
  readonly #writing: Writing.Writing

  constructor(directory: string) {
    this.#writing = Writing.make(directory, lockPatience)
  }

  send(letter: Letter, onOutcome: (outcome: Outcome) => void): void {
    if (letter.operation === "close") {
      this.#writing.close()
      return onOutcome({ answer: true })
    }
    const message = { ...letter, number: 0, until: uptime() + patience } as Message
    const [reply] = this.#writing.answer([message])
    onOutcome(reply?.outcome ?? { failure: trouble("the file did not answer in time") })
  }

  async terminate(): Promise<void> {}
}
