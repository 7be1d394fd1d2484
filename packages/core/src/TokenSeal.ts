/**
 * Authenticated encryption of tokens at rest: AES-256-GCM, a random nonce each, one key that seals and any
 * number that still open.
 *
 * The token's full key is bound to what is sealed, and so is the environment: a record that was copied to
 * another merchant, grant, account or environment does not open. What does not open is a miss, never an
 * error: the store deletes it, and the token is fetched anew.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Redacted from "effect/Redacted"
import * as Base64 from "effect/encoding/Base64"
import * as Aead from "effect/crypto/Aead"
import * as SecureRandom from "effect/crypto/SecureRandom"
import { type NativeAes, nativeAead } from "./internal/nativeAes.ts"
import { keyIdLength, makeSealKeys, type SealKeys } from "./internal/sealKeys.ts"
import { recordOf, storedOf, storedOfAnybody } from "./internal/sealedRecord.ts"
import { monotonicMillis } from "./MonotonicClock.ts"
import { InvalidConfiguration, TokenError } from "./TokenError.ts"
import type { TokenKey } from "./TokenKey.ts"
import { type StoredToken, StoreError } from "./TokenStore.ts"

export type {
  /**
   * @category models
   * @since 0.1.0
   */
  NativeAes
} from "./internal/nativeAes.ts"

/**
 * How tokens are sealed. Part of the options of every store that leaves the process.
 *
 * @category models
 * @since 0.1.0
 */
export interface SealOptions {
  /**
   * `ONBEHALF_SEAL_KEY`: 32 bytes in base64, kept where the API key is kept. Make it anew once a year or so:
   * one key seals 2³² records safely, which is 136 a second for a year. Required, but for `plaintext`.
   */
  readonly sealKey?: Redacted.Redacted | string | undefined
  /**
   * `ONBEHALF_SEAL_KEYS_OLD`, separated by commas: keys that seal nothing any more, but still open. Without
   * them, what they sealed is fetched anew.
   */
  readonly oldSealKeys?: ReadonlyArray<Redacted.Redacted | string> | undefined
  /** Keeps tokens readable to everybody who can read the store. Default: false. */
  readonly plaintext?: boolean | undefined
}

/**
 * Seals tokens for stores that leave the process, bound to whom each is for. Fails with `StoreError`.
 *
 * @category services
 * @since 0.1.0
 */
export class TokenSeal extends Context.Service<
  TokenSeal,
  {
    readonly seal: (stored: StoredToken) => Effect.Effect<Uint8Array, StoreError>
    /**
     * What was sealed for this very key, else `undefined`.
     *
     * @param remaining milliseconds until the token's end, by the store's own clock. It can only shorten what
     * the token was said to live.
     */
    readonly open: (
      key: TokenKey,
      sealed: Uint8Array,
      remaining: number
    ) => Effect.Effect<StoredToken | undefined>
  }
>()("@onbehalf/core/TokenSeal") {}

/**
 * The seal that the options and the environment ask for. Fails with `InvalidConfiguration` for a key that is
 * missing, is not 32 bytes in base64, or is named twice.
 *
 * `native` is Node's `crypto` module, where there is one: it works at once, while WebCrypto goes to
 * another thread and back, which costs several times as much.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* <SecretKey>(
  options: SealOptions,
  native?: NativeAes<SecretKey>
): Effect.fn.Return<TokenSeal["Service"], TokenError> {
  const now = monotonicMillis(yield* Clock.Clock)
  const given = yield* complete(options)
  if (options.plaintext === true) {
    return given.sealKey === undefined
      ? makePlain(now)
      : yield* invalid("plaintext", "cannot be asked for together with sealKey")
  }
  if (given.sealKey === undefined) return yield* missingKey
  const keys = yield* makeSealKeys(given.sealKey, given.oldSealKeys)
  const aead = native === undefined ? Aead.layerWebCrypto : nativeAead(native)
  return yield* Effect.provide(
    makeSealing(keys, now),
    Layer.provideMerge(aead, SecureRandom.layerWebCrypto)
  )
})

/**
 * The seal as a service. Fails with `InvalidConfiguration` where a key is not one, as {@link make} does.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = <SecretKey>(
  options: SealOptions,
  native?: NativeAes<SecretKey>
): Layer.Layer<TokenSeal, TokenError> => Layer.effect(TokenSeal, make(options, native))

/**
 * A new key, for `ONBEHALF_SEAL_KEY`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const newKey: Effect.Effect<Redacted.Redacted> = SecureRandom.SecureRandom.use((random) =>
  Effect.map(random.randomBytes(32), (bytes) =>
    Redacted.make(Base64.encode(bytes), { label: "sealKey" })
  )
).pipe(Effect.provide(SecureRandom.layerWebCrypto), Effect.orDie)

/** The first byte of a record: how the rest is to be read. */
const plainVersion = 0
const sealedVersion = 1

const headerLength = 1 + keyIdLength
const { nonceLength } = Aead.aes256Gcm
const textAt = headerLength + nonceLength

const makeSealing = Effect.fnUntraced(function* (
  keys: SealKeys,
  now: () => number
): Effect.fn.Return<TokenSeal["Service"], never, Aead.Aead | SecureRandom.SecureRandom> {
  const aead = yield* Aead.Aead
  const random = yield* SecureRandom.SecureRandom
  const header = Uint8Array.of(sealedVersion, ...keys.sealing.id)

  return TokenSeal.of({
    seal: (stored) =>
      Effect.gen(function* () {
        const { key } = stored
        const nonce = yield* random.randomBytes(nonceLength)
        const secret = yield* keys.sealing.keyFor(key)
        const aad = associatedData(header, key)
        const sealed = yield* aead.encrypt(secret, recordOf(stored), { nonce, aad })
        return concat([header, nonce, sealed])
      }).pipe(Effect.mapError(() => new StoreError({ operation: "put", problem: "cannot seal" }))),
    open: (key, sealed, remaining) =>
      Effect.suspend(() => {
        const opening = sealed[0] === sealedVersion ? keys.find(sealed, 1) : undefined
        if (opening === undefined || sealed.length < textAt) return refused
        const nonce = sealed.subarray(headerLength, textAt)
        const text = sealed.subarray(textAt)
        const aad = associatedData(sealed.subarray(0, headerLength), key)
        return opening.keyFor(key).pipe(
          Effect.flatMap((secret) => aead.decrypt(secret, text, { nonce, aad })),
          Effect.flatMap((record) => {
            const stored = storedOf(key, record, remaining, now())
            return stored === undefined ? refused : Effect.succeed(stored)
          }),
          Effect.catch(() => refused)
        )
      })
  })
})

/** For tests and for stores whose readers may see everything. */
const makePlain = (now: () => number): TokenSeal["Service"] => ({
  seal: (stored) => Effect.sync(() => concat([Uint8Array.of(plainVersion), recordOf(stored)])),
  open: (key, sealed, remaining) =>
    Effect.suspend(() => {
      const stored =
        sealed[0] === plainVersion
          ? storedOfAnybody(key, sealed.subarray(1), remaining, now())
          : undefined
      return stored === undefined ? refused : Effect.succeed(stored)
    })
})

const refusals = Metric.counter("onbehalf_store_records_refused", {
  description: "Records of a store that did not open, parse or match, and were not used",
  incremental: true
})

const refused: Effect.Effect<StoredToken | undefined> = Effect.as(
  Metric.update(refusals, 1),
  undefined
)

const utf8 = new TextEncoder()

const associatedData = (header: Uint8Array, key: TokenKey): Uint8Array =>
  concat([header, utf8.encode(key.text)])

const concat = (parts: ReadonlyArray<Uint8Array>): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

interface GivenKeys {
  readonly sealKey: Redacted.Redacted | undefined
  readonly oldSealKeys: ReadonlyArray<Redacted.Redacted>
}

/** What the options do not say, the environment does: each of the two by itself, so that no old key is left out. */
const complete = (options: SealOptions): Effect.Effect<GivenKeys, TokenError> => {
  const sealKey = options.sealKey === undefined ? undefined : redacted(options.sealKey)
  if (options.plaintext === true) return Effect.succeed({ sealKey, oldSealKeys: [] })
  return Effect.mapBoth(fromEnvironment, {
    onFailure: () => unreadable,
    onSuccess: (environment) => ({
      sealKey: sealKey ?? environment.sealKey,
      oldSealKeys: options.oldSealKeys?.map(redacted) ?? environment.oldSealKeys
    })
  })
}

const redacted = (key: Redacted.Redacted | string): Redacted.Redacted =>
  typeof key === "string" ? Redacted.make(key) : key

const secret = (name: string): Config.Config<string> =>
  Config.map(Config.withDefault(Config.Redacted(name), Redacted.make("")), Redacted.value)

/** An empty variable counts as not set. */
const fromEnvironment: Config.Config<GivenKeys> = Config.all([
  secret("ONBEHALF_SEAL_KEY"),
  secret("ONBEHALF_SEAL_KEYS_OLD")
]).pipe(
  Config.map(([sealKey, old]) => ({
    sealKey: sealKey === "" ? undefined : Redacted.make(sealKey),
    oldSealKeys: old === "" ? [] : old.split(",").map((key) => Redacted.make(key.trim()))
  }))
)

const misconfigured = (setting: string, problem: string): TokenError =>
  new TokenError({ reason: new InvalidConfiguration({ setting, problem }) })

const unreadable = misconfigured("The environment", "cannot be read")

const invalid = (setting: string, problem: string): Effect.Effect<never, TokenError> =>
  Effect.fail(misconfigured(setting, problem))

const missingKey = invalid(
  "ONBEHALF_SEAL_KEY (sealKey)",
  "is missing: a store outside this process keeps tokens sealed, unless plaintext is asked for"
)
