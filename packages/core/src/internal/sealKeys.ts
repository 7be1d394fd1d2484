import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Aead from "effect/crypto/Aead"
import * as Kdf from "effect/crypto/Kdf"
import * as Base64 from "effect/encoding/Base64"
import { InvalidConfiguration, TokenError } from "../TokenError.ts"
import { decode, type TokenKey } from "../TokenKey.ts"
import { BoundedMap } from "./boundedMap.ts"

/** One key of the configuration, and what is derived from it. */
export interface SealKey {
  /** Tells the keys apart in a record's header; says nothing about the key. */
  readonly id: Uint8Array
  /** The secret for records of the token key's environment. */
  readonly keyFor: (key: TokenKey) => Effect.Effect<Aead.Key>
}

export interface SealKeys {
  readonly sealing: SealKey
  /** The key whose id stands at that place, be it sealing or only opening. */
  readonly find: (bytes: Uint8Array, at: number) => SealKey | undefined
}

export const makeSealKeys = Effect.fnUntraced(function* (
  sealKey: Redacted.Redacted,
  oldSealKeys: ReadonlyArray<Redacted.Redacted>
): Effect.fn.Return<SealKeys, TokenError> {
  const sealing = yield* makeSealKey("ONBEHALF_SEAL_KEY (sealKey)", sealKey)
  const oldSetting = "ONBEHALF_SEAL_KEYS_OLD (oldSealKeys)"
  const opening = [sealing]
  const find: SealKeys["find"] = (bytes, at) =>
    opening.find(({ id }) => id.every((byte, index) => bytes[at + index] === byte))
  for (const old of oldSealKeys) {
    const key = yield* makeSealKey(oldSetting, old)
    if (find(key.id, 0)) return yield* invalid(oldSetting, "names a key that is there already")
    opening.push(key)
  }
  return { sealing, find }
})

/** Bytes. */
export const keyIdLength = 8

const makeSealKey = Effect.fnUntraced(function* (
  setting: string,
  key: Redacted.Redacted
): Effect.fn.Return<SealKey, TokenError> {
  const bytes = parse(Redacted.value(key))
  if (bytes === undefined) return yield* invalid(setting, "must be 32 bytes in base64")
  return {
    id: yield* derive(bytes, "onbehalf key id", keyIdLength),
    keyFor: makeKeyFor(bytes)
  }
})

/** Environments are two; the bound is for keys that were read from a store. */
const maximumEnvironments = 16

const makeKeyFor = (bytes: Uint8Array): SealKey["keyFor"] => {
  const derived = new BoundedMap<string, Effect.Effect<Aead.Key>>(maximumEnvironments)
  return ({ owner }) =>
    Effect.suspend(() => {
      const environment = environmentOf(owner)
      const known = derived.get(environment)
      if (known !== undefined) return known
      return derive(bytes, `onbehalf token record ${environment}`, Aead.aes256Gcm.keyLength).pipe(
        Effect.flatMap((secret) => Effect.orDie(Aead.key(Aead.aes256Gcm, secret))),
        Effect.tap((made) => Effect.sync(() => derived.set(environment, Effect.succeed(made))))
      )
    })
}

const environmentOf = (owner: string): string =>
  Option.match(decode(owner), { onNone: () => "", onSome: ([environment]) => environment ?? "" })

/** In base64, 32 bytes are 43 characters and one of filling. */
const parse = (text: string): Uint8Array | undefined =>
  /^[A-Za-z0-9+/]{43}=$/.test(text) ? Result.getOrUndefined(Base64.decode(text)) : undefined

const utf8 = new TextEncoder()
const noSalt = new Uint8Array(0)

/** The master key is random, so HKDF needs no salt; `purpose` keeps what is derived apart. */
const derive = (secret: Uint8Array, purpose: string, length: number): Effect.Effect<Uint8Array> =>
  Kdf.Kdf.use((kdf) =>
    kdf.derive(Kdf.hkdfSha256, secret, { salt: noSalt, info: utf8.encode(purpose), length })
  ).pipe(Effect.provide(Kdf.layerWebCrypto), Effect.orDie)

const invalid = (setting: string, problem: string): Effect.Effect<never, TokenError> =>
  Effect.fail(new TokenError({ reason: new InvalidConfiguration({ setting, problem }) }))
