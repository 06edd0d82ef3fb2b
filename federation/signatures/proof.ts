import { hash, type KeyObject, sign, verify } from 'node:crypto'
import canonicalize from 'canonicalize'
import { readMultibase, toMultibase } from './multibase.ts'

type Document = Readonly<Record<string, unknown>>

/** Finds the key that a proof names. The caller decides whether this key may speak for the document; null refuses the proof. */
export type ResolveKey = (keyId: string) => Promise<KeyObject | null>

/** What came of looking at the proofs of a document. */
export type ProofOutcome =
  | Readonly<{ ok: true; keyId: string; createdAt: Date }>
  /** `none`: it has no proof of the kind that we read, so that other ways to authenticate it may be tried. */
  | Readonly<{ ok: false; reason: 'none' | 'unknown-key' | 'expired' | 'wrong' }>

/** More proofs on a document than anybody needs; each costs a look-up of a key. */
const maxProofs = 4

/**
 * Adds a proof (eddsa-jcs-2022) to a document, in place of one that it has. It covers every byte of meaning in it, so nothing may be
 * changed afterwards except that an LD signature is added.
 * @param signer the id of the Multikey in the actor's document, its Ed25519 key and the time
 * @see https://w3id.org/fep/8b32
 */
export function addProof<T extends Document>(
  document: T,
  signer: { keyId: string; privateKey: KeyObject; created: Date },
) {
  const options = {
    ...(document['@context'] !== undefined && { '@context': document['@context'] }),
    type: 'DataIntegrityProof',
    cryptosuite: 'eddsa-jcs-2022',
    verificationMethod: signer.keyId,
    proofPurpose: 'assertionMethod',
    // Fedify 2.3 hashes the time as it would have written it: with no fraction where that is zero.
    created: signer.created.toISOString().replace(/\.\d+Z$/, 'Z'),
  }
  const signature = sign(null, digestOf(options, withoutProofs(document)), signer.privateKey)
  return { ...document, proof: { ...options, proofValue: toMultibase(signature) } }
}

/**
 * Looks for a true proof on a document. Every proof is tried, since one that we cannot read says nothing about the others.
 * @param now for proofs that expire
 */
export async function verifyProof(document: Document, resolveKey: ResolveKey, now: Date): Promise<ProofOutcome> {
  const proofs = [document.proof]
    .flat()
    .slice(0, maxProofs)
    .map(readProof)
    .filter((proof) => proof !== null)
  let outcome: ProofOutcome = { ok: false, reason: 'none' }
  for (const proof of proofs) {
    outcome = await verifyOne(document, proof, { resolveKey, now })
    if (outcome.ok) return outcome
  }
  return outcome
}

type Proof = Readonly<{
  options: Document
  keyId: string
  createdAt: Date
  expiresAt: Date | null
  signature: Buffer
}>

function readProof(value: unknown): Proof | null {
  if (typeof value !== 'object' || value === null) return null
  const { proofValue, ...options }: Record<string, unknown> = { ...value }
  const { type, cryptosuite, verificationMethod, proofPurpose } = options
  if (type !== 'DataIntegrityProof' || cryptosuite !== 'eddsa-jcs-2022' || proofPurpose !== 'assertionMethod')
    return null
  const createdAt = readDate(options.created)
  const expiresAt = options.expires === undefined ? undefined : readDate(options.expires)
  const signature = typeof proofValue === 'string' ? readMultibase(proofValue) : null
  if (typeof verificationMethod !== 'string' || createdAt === null || expiresAt === null || signature === null)
    return null
  return { options, keyId: verificationMethod, createdAt, expiresAt: expiresAt ?? null, signature }
}

function readDate(value: unknown): Date | null {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(value)) return null
  const date = new Date(value)
  return Number.isNaN(date.getTime()) ? null : date
}

type How = Readonly<{ resolveKey: ResolveKey; now: Date }>

async function verifyOne(document: Document, proof: Proof, { resolveKey, now }: How): Promise<ProofOutcome> {
  if (proof.expiresAt !== null && proof.expiresAt.getTime() < now.getTime()) return { ok: false, reason: 'expired' }
  const key = await resolveKey(proof.keyId)
  if (key?.asymmetricKeyType !== 'ed25519') return { ok: false, reason: 'unknown-key' }
  if (!isSigned(document, proof, key)) return { ok: false, reason: 'wrong' }
  return { ok: true, keyId: proof.keyId, createdAt: proof.createdAt }
}

/** The options count as they are shown: who signs the context along (FEP-8b32 does) shows it in the proof too. */
function isSigned(document: Document, { options, signature }: Proof, key: KeyObject): boolean {
  try {
    return verify(null, digestOf(options, withoutProofs(document)), key, signature)
  } catch {
    // Halves of surrogate pairs have no canonical form, so nobody can have signed them.
    return false
  }
}

/** An LD signature is made after the proof, so it is no part of what was signed. */
function withoutProofs({ proof: _proof, signature: _signature, ...rest }: Document): Document {
  return rest
}

function digestOf(options: Document, document: Document): Buffer {
  return Buffer.concat([options, document].map((part) => hash('sha256', canonicalize(part) ?? '', 'buffer')))
}
