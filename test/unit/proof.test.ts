import type { KeyObject } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { signJsonLd, signObject, verifyProof as verifyByFedify, verifyObject } from '@fedify/fedify'
import { Create, DataIntegrityProof, Note } from '@fedify/vocab'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { actorContext } from '#federation/context.ts'
import {
  generateEd25519Pair,
  generateRsaPair,
  privateKey,
  publicKey,
  readMultikey,
  toMultikey,
} from '#federation/signatures/keys.ts'
import { addProof, verifyProof } from '#federation/signatures/proof.ts'

const actorId = 'https://remote.example/users/ada'
const keyId = `${actorId}#ed25519-key`
const created = new Date('2026-11-22T12:00:00.250Z')
const now = new Date('2026-11-22T12:05:00Z')

let secret: KeyObject
let shared: KeyObject
let otherShared: KeyObject
let secretRsa: KeyObject
let sharedRsa: KeyObject

beforeAll(async () => {
  const [pair, other, rsa] = await Promise.all([generateEd25519Pair(), generateEd25519Pair(), generateRsaPair()])
  const [first, second, third] = [pair, other, rsa].map(({ publicKeyPem }) => publicKey(publicKeyPem))
  if (!first || !second || !third) throw new Error('A key that was just made cannot be read')
  shared = first
  otherShared = second
  sharedRsa = third
  secret = privateKey(pair.privateKeyPem)
  secretRsa = privateKey(rsa.privateKeyPem)
})

const note = {
  '@context': [
    'https://www.w3.org/ns/activitystreams',
    'https://w3id.org/security/data-integrity/v1',
    { toot: 'http://joinmastodon.org/ns#', blurhash: 'toot:blurhash' },
  ],
  id: 'https://remote.example/1/create',
  type: 'Create',
  actor: actorId,
  to: ['https://www.w3.org/ns/activitystreams#Public'],
  published: '2026-11-22T12:00:00Z',
  object: {
    id: 'https://remote.example/1',
    type: 'Note',
    attributedTo: actorId,
    content: '<p>Été 😀 "x"</p>',
    attachment: [{ type: 'Image', url: 'https://remote.example/1.jpg', blurhash: 'UBL_:rOpGG', width: 640.0 }],
  },
}

const signed = (document: Record<string, unknown> = note) => addProof(document, { keyId, privateKey: secret, created })
const verify = (document: Record<string, unknown>, key: KeyObject | null = shared, at = now) =>
  verifyProof(document, async () => key, at)

/** Serves the actor with its Multikey, in place of its server. */
const documentLoader = async (address: string) => ({
  documentUrl: address,
  contextUrl: null,
  document: {
    '@context': actorContext,
    id: actorId,
    type: 'Person',
    inbox: `${actorId}/inbox`,
    assertionMethod: [{ id: keyId, type: 'Multikey', controller: actorId, publicKeyMultibase: toMultikey(shared) }],
  },
})

async function toCryptoKey(key: KeyObject, algorithm: { name: string; hash?: string }) {
  const der = key.export({ type: 'pkcs8', format: 'der' })
  return crypto.subtle.importKey('pkcs8', new Uint8Array(der), algorithm, true, ['sign'])
}

describe('a proof of ours', () => {
  test('has the form of FEP-8b32 and leaves the document as it was', () => {
    const { proof, ...rest } = signed()
    expect(rest).toEqual(note)
    expect(proof).toEqual({
      '@context': note['@context'],
      type: 'DataIntegrityProof',
      cryptosuite: 'eddsa-jcs-2022',
      verificationMethod: keyId,
      proofPurpose: 'assertionMethod',
      created: '2026-11-22T12:00:00Z',
      proofValue: expect.stringMatching(/^z[1-9A-HJ-NP-Za-km-z]{86,88}$/),
    })
  })

  test('is true, also after a journey as text and with keys in another order', async () => {
    const document = signed()
    const reordered = Object.fromEntries(Object.entries(JSON.parse(JSON.stringify(document))).reverse())
    const outcome = { ok: true, keyId, createdAt: new Date('2026-11-22T12:00:00Z') }
    expect(await verify(document)).toEqual(outcome)
    expect(await verify(reordered)).toEqual(outcome)
  })

  test('stays true with an LD signature beside it, and replaces an older proof', async () => {
    expect(await verify({ ...signed(), signature: { type: 'RsaSignature2017' } })).toMatchObject({ ok: true })
    expect(await verify(signed(signed()))).toMatchObject({ ok: true })
    expect(await verify(signed({ ...note, signature: {} }))).toMatchObject({ ok: true })
  })

  test('is accepted by Fedify', async () => {
    const document = signed()
    const proof = await DataIntegrityProof.fromJsonLd(document.proof, { documentLoader })
    const key = await verifyByFedify(document, proof, { documentLoader })
    expect(key?.id?.href).toBe(keyId)
    expect(await verifyByFedify({ ...document, actor: 'https://evil.example/' }, proof, { documentLoader })).toBe(null)
    expect(await verifyObject(Create, document, { documentLoader })).toBeInstanceOf(Create)
  })
})

describe('a proof of Fedify', () => {
  async function byFedify() {
    const activity = new Create({
      id: new URL('https://remote.example/2/create'),
      actor: new URL(actorId),
      object: new Note({ id: new URL('https://remote.example/2'), attribution: new URL(actorId), content: 'Été 😀' }),
    })
    const key = await toCryptoKey(secret, { name: 'Ed25519' })
    const withProof = await signObject(activity, key, new URL(keyId), { documentLoader })
    return (await withProof.toJsonLd({ format: 'compact' })) as Record<string, unknown>
  }

  test('is accepted by us, and no longer when anything is changed', async () => {
    const document = await byFedify()
    expect(await verify(document)).toMatchObject({ ok: true, keyId })
    expect(await verify({ ...document, id: 'https://remote.example/3' })).toEqual({ ok: false, reason: 'wrong' })
    expect(await verify(document, otherShared)).toEqual({ ok: false, reason: 'wrong' })
  })

  test('is accepted with an LD signature beside it', async () => {
    const rsa = await toCryptoKey(secretRsa, { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' })
    const document = await signJsonLd(await byFedify(), rsa, new URL(`${actorId}#main-key`), {})
    expect(document).toHaveProperty('signature.type', 'RsaSignature2017')
    expect(await verify(document)).toMatchObject({ ok: true })
  })
})

describe('a document with a proof is refused', () => {
  test.each([
    ['another actor', { actor: 'https://evil.example/' }],
    ['another text', { object: { ...note.object, content: 'other' } }],
    ['another blurhash', { object: { ...note.object, attachment: [{ ...note.object.attachment[0], blurhash: 'X' }] } }],
    ['something added', { summary: '' }],
    ['something added that JSON-LD does not know', { unknown: 1 }],
    ['something left out', { published: undefined }],
    ['another context', { '@context': 'https://www.w3.org/ns/activitystreams' }],
  ])('with %s', async (_name, change) => {
    expect(await verify({ ...signed(), ...change })).toEqual({ ok: false, reason: 'wrong' })
  })

  test.each([
    ['another time', { created: '2026-11-22T12:00:01Z' }],
    ['another key', { verificationMethod: 'https://evil.example/#key' }],
    ['another context', { '@context': 'https://www.w3.org/ns/activitystreams' }],
    ['something added', { domain: 'x' }],
    ['another signature', { proofValue: `z${'2'.repeat(87)}` }],
    ['half a signature', { proofValue: 'z22' }],
  ])('with %s in the proof', async (_name, change) => {
    const document = signed()
    expect(await verify({ ...document, proof: { ...document.proof, ...change } })).toEqual({
      ok: false,
      reason: 'wrong',
    })
  })

  test.each([
    ['of another type', { type: 'Ed25519Signature2020' }],
    ['of another suite', { cryptosuite: 'eddsa-rdfc-2022' }],
    ['for another purpose', { proofPurpose: 'authentication' }],
    ['without a key', { verificationMethod: undefined }],
    ['with a broken signature', { proofValue: 'm0OIl' }],
    ['without a signature', { proofValue: 7 }],
    ['with a broken time', { created: 'yesterday' }],
    ['with a broken end', { expires: 12 }],
  ])('when its only proof is %s', async (_name, change) => {
    const resolve = vi.fn(async () => shared)
    const document = signed()
    expect(await verifyProof({ ...document, proof: { ...document.proof, ...change } }, resolve, now)).toEqual({
      ok: false,
      reason: 'none',
    })
    expect(resolve).not.toHaveBeenCalled()
  })

  test('when there is none', async () => {
    for (const proof of [undefined, null, 'x', [], {}, [null, 1]]) {
      expect(await verify({ ...note, proof })).toEqual({ ok: false, reason: 'none' })
    }
  })

  test('when the key is unknown or of another kind', async () => {
    expect(await verify(signed(), null)).toEqual({ ok: false, reason: 'unknown-key' })
    expect(await verify(signed(), sharedRsa)).toEqual({ ok: false, reason: 'unknown-key' })
  })

  test('when it has no canonical form', async () => {
    expect(await verify({ ...signed(), content: '\ud83d' })).toEqual({ ok: false, reason: 'wrong' })
  })

  test('when its time is over (rule 12)', async () => {
    const document = signed()
    const expired = { ...document, proof: { ...document.proof, expires: '2026-11-22T12:01:00Z' } }
    expect(await verify(expired)).toEqual({ ok: false, reason: 'expired' })
  })
})

const lab = '../shared/fixtures/lab/hollo'
test.skipIf(!existsSync(lab))('every proof that was captured from Hollo holds (needs ../shared/fixtures)', async () => {
  const read = (name: string) => JSON.parse(readFileSync(`${lab}/${name}`, 'utf8'))
  const names = readdirSync(lab).filter((name) => name.endsWith('.json') && !name.endsWith('.http.json'))
  const actors = names.filter((name) => name.startsWith('GET-actor')).map(read)
  const keys = new Map<string, string>(
    actors
      .flatMap(({ assertionMethod = [] }) => [assertionMethod].flat())
      .map((key) => [key.id, key.publicKeyMultibase]),
  )
  const resolve = async (id: string) => readMultikey(keys.get(id) ?? '')
  const documents = names.filter((name) => !name.startsWith('GET-')).map(read)
  const outcomes = await Promise.all(documents.map((document) => verifyProof(document, resolve, now)))
  expect(outcomes.filter(({ ok }) => ok)).toHaveLength(37)
  const altered = await Promise.all(documents.map((document) => verifyProof({ ...document, to: [] }, resolve, now)))
  expect(altered.filter(({ ok }) => ok)).toEqual([])
})

test('one true proof among several is enough, but not after too many', async () => {
  const { proof, ...document } = signed()
  const wrong = { ...proof, created: '2026-11-22T12:00:09Z' }
  expect(await verify({ ...document, proof: [wrong, { type: 'Other' }, proof] })).toMatchObject({ ok: true })
  expect(await verify({ ...document, proof: [wrong, wrong, wrong, wrong, proof] })).toEqual({
    ok: false,
    reason: 'wrong',
  })
})
