import { createHash } from "node:crypto"

/**
 * Everything random in the simulator is a digest of the seed and a label, so that one value never
 * moves because another was added, and a run can be repeated exactly.
 */
export interface Seed {
  /** 32 bytes that depend on the seed and the label alone. */
  readonly bytes: (label: string) => Uint8Array
  /** An integer in `0 … below - 1`. */
  readonly integer: (label: string, below: number) => number
  /** One of the given values. */
  readonly pick: <A>(label: string, values: readonly [A, ...ReadonlyArray<A>]) => A
  /** An opaque organisation or resource id: ten characters of `a-z0-9`. */
  readonly id: (label: string) => string
  /** A version 4 UUID. */
  readonly uuid: (label: string) => string
}

const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789"

const hex = (bytes: Buffer, from: number, to: number) => bytes.subarray(from, to).toString("hex")

/** Builds a {@link Seed} from its text. */
export const makeSeed = (seed: string): Seed => {
  const bytes = (label: string) => createHash("sha256").update(`${seed}\n${label}`).digest()
  const integer = (label: string, below: number) => bytes(label).readUInt32BE(0) % below
  return {
    bytes,
    integer,
    pick: (label, values) => values[integer(label, values.length)] ?? values[0],
    id: (label) =>
      Array.from(bytes(label).subarray(0, 10), (byte) => alphabet[byte % alphabet.length]).join(""),
    uuid: (label) => {
      const raw = bytes(label)
      raw[6] = (raw.readUInt8(6) & 0x0f) | 0x40
      raw[8] = (raw.readUInt8(8) & 0x3f) | 0x80
      return [
        hex(raw, 0, 4),
        hex(raw, 4, 6),
        hex(raw, 6, 8),
        hex(raw, 8, 10),
        hex(raw, 10, 16)
      ].join("-")
    }
  }
}
