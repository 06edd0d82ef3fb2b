import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import type { Json } from './client.ts'

/**
 * Signatures as other programs make and check them, written from the specifications and sharing nothing with ours, so that a mistake of
 * ours does not cancel itself out.
 */

/** A request as it goes over the wire. Header names are in lower case. */
export type Wire = { method: string; path: string; headers: Record<string, string>; body: Buffer }

const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest()

/** The value of `Digest`. */
export const digestHeader = (body: Buffer): string => `SHA-256=${sha256(body).toString('base64')}`

/** The value of `Content-Digest`. */
export const contentDigestHeader = (body: Buffer): string => `sha-256=:${sha256(body).toString('base64')}:`

/** The text that draft-cavage signs. */
function cavageText(wire: Wire, covered: readonly string[]): string {
  return covered
    .map((name) =>
      name === '(request-target)'
        ? `(request-target): ${wire.method.toLowerCase()} ${wire.path}`
        : `${name}: ${wire.headers[name]}`,
    )
    .join('\n')
}

/** A `Signature` header of draft-cavage 12. `algorithm` null leaves it out. */
export function signCavage(
  wire: Wire,
  {
    keyId,
    key,
    covered,
    algorithm,
  }: { keyId: string; key: KeyObject; covered: readonly string[]; algorithm: string | null },
): string {
  const hash = key.asymmetricKeyType === 'ed25519' ? null : 'sha256'
  const signature = sign(hash, Buffer.from(cavageText(wire, covered)), key).toString('base64')
  return [
    `keyId="${keyId}"`,
    ...(algorithm === null ? [] : [`algorithm="${algorithm}"`]),
    `headers="${covered.join(' ')}"`,
    `signature="${signature}"`,
  ].join(',')
}

/** What a received draft-cavage signature says, and whether it is true. */
export function checkCavage(wire: Wire, pem: string) {
  const parts = Object.fromEntries(
    [...(wire.headers.signature ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value ?? '']),
  )
  const covered = (parts.headers ?? '').split(' ')
  const isTrue = verify(
    'sha256',
    Buffer.from(cavageText(wire, covered)),
    createPublicKey(pem),
    Buffer.from(parts.signature ?? '', 'base64'),
  )
  return { isTrue, keyId: parts.keyId, algorithm: parts.algorithm, covered }
}

/** The text that RFC 9421 signs, for the components that programs of this network use. */
function rfc9421Text(wire: Wire, origin: string, components: readonly string[], parameters: string): string {
  const componentOf = (name: string) => {
    if (name === '@method') return wire.method
    if (name === '@target-uri') return origin + wire.path
    if (name === '@authority') return new URL(origin).host
    return wire.headers[name]
  }
  return [...components.map((name) => `"${name}": ${componentOf(name)}`), `"@signature-params": ${parameters}`].join(
    '\n',
  )
}

/** `Signature-Input` and `Signature` of RFC 9421. */
export function signRfc9421(
  wire: Wire,
  origin: string,
  { keyId, key, covered, created }: { keyId: string; key: KeyObject; covered: readonly string[]; created: Date },
): Record<string, string> {
  const list = covered.map((name) => `"${name}"`).join(' ')
  const isEd25519 = key.asymmetricKeyType === 'ed25519'
  const alg = isEd25519 ? 'ed25519' : 'rsa-v1_5-sha256'
  const parameters = `(${list});created=${Math.floor(created.getTime() / 1000)};keyid="${keyId}";alg="${alg}"`
  const text = Buffer.from(rfc9421Text(wire, origin, covered, parameters))
  const signature = sign(isEd25519 ? null : 'sha256', text, key).toString('base64')
  return { 'signature-input': `sig1=${parameters}`, signature: `sig1=:${signature}:` }
}

/** What a received RFC 9421 signature says, and whether it is true. */
export function checkRfc9421(wire: Wire, origin: string, pem: string) {
  const [, label = '', parameters = ''] = /^([\w-]+)=(.*)$/.exec(wire.headers['signature-input'] ?? '') ?? []
  const covered = [...(/^\(([^)]*)\)/.exec(parameters)?.[1] ?? '').matchAll(/"([^"]+)"/g)].map(([, name = '']) => name)
  const [, signature = ''] = new RegExp(`${label}=:([^:]+):`).exec(wire.headers.signature ?? '') ?? []
  const isTrue = verify(
    'sha256',
    Buffer.from(rfc9421Text(wire, origin, covered, parameters)),
    createPublicKey(pem),
    Buffer.from(signature, 'base64'),
  )
  return {
    isTrue,
    covered,
    keyId: /keyid="([^"]+)"/.exec(parameters)?.[1],
    created: /created=(\d+)/.exec(parameters)?.[1],
  }
}

/** JSON as RFC 8785 writes it. */
export function toCanonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(toCanonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${toCanonicalJson(value[key])}`)
  return `{${members.join(',')}}`
}

const base58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

/** The bytes of a Multibase text in base58btc. */
function fromMultibase(text: string): Buffer {
  let number = 0n
  for (const character of text.slice(1)) number = number * 58n + BigInt(base58.indexOf(character))
  const zeros = /^z(1*)/.exec(text)?.[1]?.length ?? 0
  const hex = number === 0n ? '' : number.toString(16)
  return Buffer.concat([Buffer.alloc(zeros), Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex')])
}

/** The bytes as a Multibase text in base58btc. */
function toMultibase(bytes: Buffer): string {
  let number = BigInt(`0x${bytes.toString('hex')}`)
  let text = ''
  for (; number > 0n; number /= 58n) text = base58.charAt(Number(number % 58n)) + text
  const zeros = bytes.findIndex((byte) => byte !== 0)
  return `z${'1'.repeat(Math.max(zeros, 0))}${text}`
}

/** The Multikey of an Ed25519 key. @see https://w3id.org/fep/521a */
export function toMultikey(key: KeyObject): string {
  const { x = '' } = createPublicKey(key.export({ type: 'pkcs8', format: 'pem' })).export({ format: 'jwk' })
  return toMultibase(Buffer.concat([Buffer.from([0xed, 0x01]), Buffer.from(x, 'base64url')]))
}

function proofText(document: Json): Buffer {
  const { proof, signature: _signature, ...body } = document
  const { proofValue: _value, ...options } = proof
  return Buffer.concat([sha256(toCanonicalJson(options)), sha256(toCanonicalJson(body))])
}

/** Adds an object proof of eddsa-jcs-2022. @see https://w3id.org/fep/8b32 */
export function prove(document: Json, { keyId, key, created }: { keyId: string; key: KeyObject; created: Date }): Json {
  const proof = {
    '@context': document['@context'],
    type: 'DataIntegrityProof',
    cryptosuite: 'eddsa-jcs-2022',
    verificationMethod: keyId,
    proofPurpose: 'assertionMethod',
    created: `${created.toISOString().slice(0, 19)}Z`,
  }
  const proofValue = toMultibase(sign(null, proofText({ ...document, proof }), key))
  return { ...document, proof: { ...proof, proofValue } }
}

/** Whether an object proof is true, with the key as the actor's document gives it. */
export function isProven(document: Json, publicKeyMultibase: string): boolean {
  const x = fromMultibase(publicKeyMultibase).subarray(2).toString('base64url')
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
  return verify(null, proofText(document), key, fromMultibase(document.proof.proofValue))
}
