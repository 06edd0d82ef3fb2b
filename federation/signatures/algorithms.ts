import { constants, type KeyObject, sign, verify } from 'node:crypto'

/** How a signature is made. */
export type Algorithm = 'rsa-v1_5-sha256' | 'rsa-pss-sha512' | 'ed25519'

/** The algorithm that a key is used with when nothing else is said. */
export function algorithmOf(key: KeyObject): Algorithm | null {
  if (key.asymmetricKeyType === 'rsa') return 'rsa-v1_5-sha256'
  return key.asymmetricKeyType === 'ed25519' ? 'ed25519' : null
}

/** Whether the signature is true. False too when the key is of another kind than the algorithm. */
export function isSignedBy(key: KeyObject, algorithm: Algorithm, signed: { text: string; signature: Buffer }): boolean {
  const bytes = Buffer.from(signed.text)
  if (algorithm === 'ed25519') return key.asymmetricKeyType === 'ed25519' && verify(null, bytes, key, signed.signature)
  if (key.asymmetricKeyType !== 'rsa') return false
  if (algorithm === 'rsa-v1_5-sha256') return verify('sha256', bytes, key, signed.signature)
  const pss = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 }
  return verify('sha512', bytes, pss, signed.signature)
}

/**
 * Signs with the algorithm of the key, in the thread pool: RSA takes 0.9 ms, which must not stop everything else.
 * @returns base64
 */
export function signText(text: string, key: KeyObject): Promise<string> {
  const hash = key.asymmetricKeyType === 'ed25519' ? null : 'sha256'
  return new Promise((resolve, reject) => {
    sign(hash, Buffer.from(text), key, (error, signature) =>
      error ? reject(error) : resolve(signature.toString('base64')),
    )
  })
}
