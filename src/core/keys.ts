import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'

const generate = promisify(generateKeyPair)

/** The two key pairs of a local actor, as PEM (PKCS #8 and SPKI). */
export type ActorKeys = Readonly<{
  rsaPrivateKeyPem: string
  rsaPublicKeyPem: string
  ed25519PrivateKeyPem: string
  ed25519PublicKeyPem: string
}>

const privateKeyEncoding = { type: 'pkcs8', format: 'pem' } as const
const publicKeyEncoding = { type: 'spki', format: 'pem' } as const

/**
 * Makes the keys of a new actor, off the event loop: RSA for the signatures of requests, since every server reads it, Ed25519 for
 * proofs. 2048 bits is what other programs make and store; some refuse longer keys.
 * @see https://w3id.org/fep/521a
 */
export async function generateActorKeys(): Promise<ActorKeys> {
  const [rsa, ed25519] = await Promise.all([
    generate('rsa', { modulusLength: 2048, publicKeyEncoding, privateKeyEncoding }),
    generate('ed25519', { publicKeyEncoding, privateKeyEncoding }),
  ])
  return {
    rsaPrivateKeyPem: rsa.privateKey,
    rsaPublicKeyPem: rsa.publicKey,
    ed25519PrivateKeyPem: ed25519.privateKey,
    ed25519PublicKeyPem: ed25519.publicKey,
  }
}
