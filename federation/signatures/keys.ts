import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto'
import { readMultibase, toMultibase } from './multibase.ts'

/** A key pair as it is stored: SPKI and PKCS#8. */
export type KeyPairPem = Readonly<{ publicKeyPem: string; privateKeyPem: string }>

const encoding = {
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
} as const

/**
 * Makes a key pair for HTTP signatures, which nearly every server reads in RSA only. 2048 bits: 4096 would cost 6.5 times as much for
 * each delivery and is asked for by nobody.
 */
export function generateRsaPair(): Promise<KeyPairPem> {
  return new Promise((resolve, reject) => {
    generateKeyPair('rsa', { modulusLength: 2048, ...encoding }, settle(resolve, reject))
  })
}

/** Makes a key pair for object proofs. */
export function generateEd25519Pair(): Promise<KeyPairPem> {
  return new Promise((resolve, reject) => {
    generateKeyPair('ed25519', encoding, settle(resolve, reject))
  })
}

function settle(resolve: (pair: KeyPairPem) => void, reject: (error: Error) => void) {
  return (error: Error | null, publicKeyPem: string, privateKeyPem: string) =>
    error ? reject(error) : resolve({ publicKeyPem, privateKeyPem })
}

/** Reading a key costs as much as using it, so those in use are kept. The bounds are memory: about 4 kB each. */
const privateKeys = keyCache(1_000)
const publicKeys = keyCache(10_000)

/**
 * The private key in a PEM of ours.
 * @throws when it is not a private key
 */
export function privateKey(pem: string): KeyObject {
  return privateKeys(pem, createPrivateKey)
}

/** The public key in a PEM of whoever; null when there is none or it is of a kind that we do not use (see `isUsable`). */
export function publicKey(pem: string): KeyObject | null {
  // Node reads certificates and even private keys as public ones.
  if (pem.length > 8_192 || !/^\s*-----BEGIN (RSA )?PUBLIC KEY-----/.test(pem)) return null
  try {
    return publicKeys(pem, readPublicKey)
  } catch {
    return null
  }
}

function readPublicKey(pem: string): KeyObject {
  const key = createPublicKey(pem)
  if (!isUsable(key)) throw new Error('The key is of a kind that is not used')
  return key
}

/** Weaker RSA keys can be broken; larger ones, or huge exponents, make each check slow enough to be an attack. */
function isUsable(key: KeyObject): boolean {
  if (key.asymmetricKeyType === 'ed25519') return true
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {}
  const isRsa = key.asymmetricKeyType === 'rsa'
  return isRsa && modulusLength >= 2048 && modulusLength <= 8192 && publicExponent > 2n && publicExponent < 2n ** 33n
}

function keyCache(max: number): (pem: string, read: (pem: string) => KeyObject) => KeyObject {
  const kept = new Map<string, KeyObject>()
  return (pem, read) => {
    const key = kept.get(pem) ?? read(pem)
    // The least recently used is the first in the map.
    kept.delete(pem)
    kept.set(pem, key)
    const [oldest] = kept.keys()
    if (kept.size > max && oldest !== undefined) kept.delete(oldest)
    return key
  }
}

/** The multicodec numbers of ed25519-pub and rsa-pub, as varints. @see https://w3id.org/fep/521a */
const ed25519Prefix = Buffer.from([0xed, 0x01])
const rsaPrefix = Buffer.from([0x85, 0x24])

/**
 * Writes a public key, or the public half of a private one, as Multikey (`publicKeyMultibase`).
 * @throws when it is neither Ed25519 nor RSA
 */
export function toMultikey(key: KeyObject): string {
  const shared = key.type === 'private' ? createPublicKey(key) : key
  if (shared.asymmetricKeyType === 'rsa') {
    return toMultibase(Buffer.concat([rsaPrefix, shared.export({ type: 'pkcs1', format: 'der' })]))
  }
  const { crv, x = '' } = shared.export({ format: 'jwk' })
  if (crv !== 'Ed25519') throw new Error(`A Multikey is Ed25519 or RSA, not ${shared.asymmetricKeyType}`)
  return toMultibase(Buffer.concat([ed25519Prefix, Buffer.from(x, 'base64url')]))
}

/** Reads a Multikey; null when it is none or of a kind that we do not use. */
export function readMultikey(text: string): KeyObject | null {
  const bytes = readMultibase(text)
  if (bytes === null) return null
  const prefix = bytes.subarray(0, 2)
  try {
    const key = prefix.equals(rsaPrefix)
      ? readRsa(bytes.subarray(2))
      : prefix.equals(ed25519Prefix)
        ? readEd25519(bytes.subarray(2))
        : null
    return key !== null && isUsable(key) ? key : null
  } catch {
    return null
  }
}

function readRsa(der: Buffer): KeyObject {
  return createPublicKey({ key: der, type: 'pkcs1', format: 'der' })
}

function readEd25519(raw: Buffer): KeyObject | null {
  if (raw.length !== 32) return null
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') }, format: 'jwk' })
}
