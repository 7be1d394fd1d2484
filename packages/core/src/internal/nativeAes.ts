import * as Aead from "effect/crypto/Aead"
import type * as SecureRandom from "effect/crypto/SecureRandom"
import type * as Layer from "effect/Layer"

interface Transform {
  readonly setAAD: (aad: Uint8Array) => unknown
  readonly update: (data: Uint8Array) => Uint8Array
  readonly final: () => Uint8Array
}

type Start<SecretKey, A> = (
  algorithm: "aes-256-gcm",
  key: SecretKey,
  nonce: Uint8Array,
  options: { readonly authTagLength: number }
) => Transform & A

/** As much of Node's `crypto` module as is needed to seal. */
export interface NativeAes<SecretKey> {
  readonly createSecretKey: (bytes: Uint8Array) => SecretKey
  readonly createCipheriv: Start<SecretKey, { readonly getAuthTag: () => Uint8Array }>
  readonly createDecipheriv: Start<SecretKey, { readonly setAuthTag: (tag: Uint8Array) => unknown }>
}

const tagLength = 16
const options = { authTagLength: tagLength }

/** AES-256-GCM by Node's own code, in the layout of WebCrypto: the tag follows the text. */
export const nativeAead = <SecretKey>(
  native: NativeAes<SecretKey>
): Layer.Layer<Aead.Aead, never, SecureRandom.SecureRandom> => {
  const secretKeyOf = secretKeys(native)
  return Aead.layerWebCryptoWith({
    implementations: {
      aes256Gcm: {
        encrypt: (key, nonce, text, aad) => {
          const cipher = native.createCipheriv("aes-256-gcm", secretKeyOf(key), nonce, options)
          cipher.setAAD(aad)
          const sealed = new Uint8Array(text.length + tagLength)
          sealed.set(cipher.update(text))
          cipher.final()
          sealed.set(cipher.getAuthTag(), text.length)
          return sealed
        },
        decrypt: (key, nonce, sealed, aad) => {
          const decipher = native.createDecipheriv("aes-256-gcm", secretKeyOf(key), nonce, options)
          decipher.setAAD(aad)
          decipher.setAuthTag(sealed.subarray(-tagLength))
          const text = decipher.update(sealed.subarray(0, -tagLength))
          return isAuthentic(decipher) ? text : undefined
        }
      }
    }
  })
}

/** Made once per key: it costs several times what a record does. */
const secretKeys = <SecretKey>(native: NativeAes<SecretKey>) => {
  const known = new WeakMap<Uint8Array, { readonly secret: SecretKey }>()
  return (bytes: Uint8Array): SecretKey => {
    const found = known.get(bytes) ?? { secret: native.createSecretKey(bytes) }
    known.set(bytes, found)
    return found.secret
  }
}

/** Node says by throwing that the tag does not match. */
const isAuthentic = (decipher: Transform): boolean => {
  try {
    decipher.final()
    return true
  } catch {
    return false
  }
}
