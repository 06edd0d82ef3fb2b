import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  generateEd25519Pair,
  generateRsaPair,
  privateKey,
  publicKey,
  readMultikey,
  toMultikey,
} from '#federation/signatures/keys.ts'
import { readMultibase, toMultibase } from '#federation/signatures/multibase.ts'

const spki = (key: ReturnType<typeof generateKeyPairSync>['publicKey']) =>
  key.export({ type: 'spki', format: 'pem' }).toString()

describe('a key pair', () => {
  test('for HTTP signatures is RSA of 2048 bits in PKCS#8 and SPKI', async () => {
    const pair = await generateRsaPair()
    expect(pair.privateKeyPem).toMatch(/^-----BEGIN PRIVATE KEY-----\n/)
    expect(pair.publicKeyPem).toMatch(/^-----BEGIN PUBLIC KEY-----\n/)
    const shared = publicKey(pair.publicKeyPem)
    expect(shared?.asymmetricKeyDetails?.modulusLength).toBe(2048)
    const signature = sign('sha256', Buffer.from('x'), privateKey(pair.privateKeyPem))
    expect(shared && verify('sha256', Buffer.from('x'), shared, signature)).toBe(true)
  })

  test('for proofs is Ed25519', async () => {
    const pair = await generateEd25519Pair()
    const shared = publicKey(pair.publicKeyPem)
    expect(shared?.asymmetricKeyType).toBe('ed25519')
    const signature = sign(null, Buffer.from('x'), privateKey(pair.privateKeyPem))
    expect(shared && verify(null, Buffer.from('x'), shared, signature)).toBe(true)
  })

  test('is parsed once while it is in use', async () => {
    const { publicKeyPem, privateKeyPem } = await generateEd25519Pair()
    expect(publicKey(publicKeyPem)).toBe(publicKey(`${publicKeyPem}`))
    expect(privateKey(privateKeyPem)).toBe(privateKey(`${privateKeyPem}`))
  })

  test('that has not been used for long is forgotten', async () => {
    const first = await generateEd25519Pair()
    const others = Array.from({ length: 1_000 }, () => {
      const { privateKey: key } = generateKeyPairSync('ed25519')
      return key.export({ type: 'pkcs8', format: 'pem' }).toString()
    })
    const kept = privateKey(first.privateKeyPem)
    for (const pem of others.slice(1)) privateKey(pem)
    expect(privateKey(first.privateKeyPem)).toBe(kept)
    for (const pem of others) privateKey(pem)
    expect(privateKey(first.privateKeyPem)).not.toBe(kept)
  })
})

describe('a public key of somebody else', () => {
  test('may be PKCS#1', () => {
    const { publicKey: key } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    expect(publicKey(key.export({ type: 'pkcs1', format: 'pem' }).toString())?.equals(key)).toBe(true)
  })

  test.each([
    [
      'a private key',
      () => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ],
    ['a weak RSA key', () => spki(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey)],
    ['a key for other purposes', () => spki(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey)],
    [
      'a key with a huge exponent',
      () => {
        const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' })
        return spki(
          createPublicKey({ key: { ...key, e: Buffer.alloc(200, 0xff).toString('base64url') }, format: 'jwk' }),
        )
      },
    ],
    ['broken', () => '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n'],
    ['no PEM', () => 'hello'],
    ['very long', () => `-----BEGIN PUBLIC KEY-----\n${'A'.repeat(10_000)}\n-----END PUBLIC KEY-----\n`],
  ])('is not used when it is %s', (_name, pem) => expect(publicKey(pem())).toBe(null))
})

describe('a Multikey', () => {
  // The example of the W3C's Controlled Identifiers and its raw key.
  const known = 'z6MkmM42vxfqZQsv4ehtTjFFxQ4sQKS2w6WR7emozFAn5cxu'

  test('names the same key as its PEM', async () => {
    for (const pair of [await generateEd25519Pair(), await generateRsaPair()]) {
      const shared = publicKey(pair.publicKeyPem)
      const text = toMultikey(privateKey(pair.privateKeyPem))
      expect(shared && readMultikey(text)?.equals(shared)).toBe(true)
      expect(shared && toMultikey(shared)).toBe(text)
    }
  })

  test('is read as others write it', () => {
    const key = readMultikey(known)
    expect(key?.asymmetricKeyType).toBe('ed25519')
    expect(key && toMultikey(key)).toBe(known)
  })

  test.each([
    ['', 'empty'],
    ['z', 'empty after its prefix'],
    [known.slice(1), 'without prefix'],
    [`u${known.slice(1)}`, 'in another base'],
    [`${known}0`, 'of foreign characters'],
    [known.slice(0, -3), 'cut off'],
    [`${known}11`, 'too long'],
    [toMultibase(Buffer.from([0x80, 0x24, ...Buffer.alloc(33)])), 'of another kind'],
    [toMultibase(Buffer.from([0x85, 0x24, 1, 2, 3])), 'broken RSA'],
    [`z${'2'.repeat(100_000)}`, 'an attack'],
  ])('is not read when it is %s (%s)', (text) => expect(readMultikey(text)).toBe(null))
})

describe('base58', () => {
  test.each([
    ['', 'z'],
    ['00', 'z1'],
    ['0000', 'z11'],
    ['61', 'z2g'],
    ['626262', 'za3gV'],
    ['000001', 'z112'],
    ['00000000000000000000', 'z1111111111'],
    ['00eb15231dfceb60925886b67d065299925915aeb172c06647', 'z1NS17iag9jJgTHD1VXjvLCEnZuQ3rJDE9L'],
  ])('%s is %s', (hex, text) => {
    expect(toMultibase(Buffer.from(hex, 'hex'))).toBe(text)
    expect(readMultibase(text)?.toString('hex')).toBe(hex)
  })
})
