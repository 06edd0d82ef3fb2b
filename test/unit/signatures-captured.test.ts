import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { isBodySigned } from '#federation/signatures/digest.ts'
import { publicKey } from '#federation/signatures/keys.ts'
import type { ReceivedRequest } from '#federation/signatures/request.ts'
import { readSignature } from '#federation/signatures/verify.ts'

const lab = '../shared/fixtures/lab'
const isThere = existsSync(lab)

type Captured = { name: string; at: Date; request: ReceivedRequest; body: Buffer }

const files = isThere
  ? ['gts', 'hollo', 'nodebb'].flatMap((folder) =>
      readdirSync(`${lab}/${folder}`).map((name) => `${lab}/${folder}/${name}`),
    )
  : []

/** The keys of the actors by their id. */
const keys = new Map<string, string>(
  files
    .filter((name) => /GET-actor.*(?<!\.http)\.json$/.test(name))
    .map((name) => JSON.parse(readFileSync(name, 'utf8')).publicKey)
    .filter(Boolean)
    .map((key: { id: string; publicKeyPem: string }) => [key.id, key.publicKeyPem]),
)

const captured: Captured[] = files
  .filter((name) => name.endsWith('.http.json') && !name.includes('/GET-'))
  .map((name) => {
    const { at, method, url, headers } = JSON.parse(readFileSync(name, 'utf8'))
    const byName: Record<string, string[]> = {}
    for (const [header, value] of headers as [string, string][]) {
      const lines = byName[header.toLowerCase()] ?? []
      byName[header.toLowerCase()] = [...lines, value]
    }
    const body = readFileSync(name.replace('.http.json', '.json'))
    return { name: name.slice(lab.length + 1), at: new Date(at), request: { method, url, headers: byName }, body }
  })

function keyOf({ name }: Captured, keyId: string) {
  const key = publicKey(keys.get(keyId) ?? '')
  if (key === null) throw new Error(`No key ${keyId} for ${name}`)
  return key
}

function isAccepted(captured: Captured, request: ReceivedRequest = captured.request, now = captured.at): boolean {
  const signature = readSignature(request, now)
  return 'check' in signature && signature.check(keyOf(captured, signature.keyId))
}

const withHeader = ({ request }: Captured, name: string, value: string): ReceivedRequest => ({
  ...request,
  headers: { ...request.headers, [name]: value },
})

describe.skipIf(!isThere)('requests captured from real servers (need ../shared/fixtures)', () => {
  test('are 92 by draft-cavage and 2 by RFC 9421', () => {
    const schemes = captured.map(({ request, at }) => {
      const signature = readSignature(request, at)
      return 'scheme' in signature ? signature.scheme : signature.problem
    })
    expect(schemes.filter((scheme) => scheme === 'cavage')).toHaveLength(92)
    expect(schemes.filter((scheme) => scheme === 'rfc9421')).toHaveLength(2)
    expect(schemes).toHaveLength(94)
  })

  test.each(captured)('$name is accepted as it came, and with nothing changed', (one) => {
    const { request, body, at } = one
    const signature = readSignature(request, at)
    if ('problem' in signature) throw new Error(signature.detail)
    expect(signature.check(keyOf(one, signature.keyId))).toBe(true)
    expect(isBodySigned(request, signature.covered, body)).toBe(true)
    expect(isBodySigned(request, signature.covered, Buffer.concat([body, Buffer.from(' ')]))).toBe(false)
    const altered = Buffer.from(body)
    altered[altered.length - 2] = 0x20
    expect(isBodySigned(request, signature.covered, altered)).toBe(false)
    expect(isAccepted(one, { ...request, url: `${request.url}/other` })).toBe(false)
    expect(isAccepted(one, { ...request, url: request.url.replace(/\/\/[^/]+/, '//evil.test') })).toBe(false)
    expect(isAccepted(one, { ...request, method: 'PUT' })).toBe(false)
    const later = new Date(at.getTime() + 60_000).toUTCString()
    expect(isAccepted(one, withHeader(one, 'date', later))).toBe(false)
    const digest = 'content-digest' in request.headers ? 'content-digest' : 'digest'
    expect(isAccepted(one, withHeader(one, digest, 'SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='))).toBe(false)
    expect(isAccepted(one, request, new Date(at.getTime() + 12 * 3_600_000 + 5_000))).toBe(false)
    expect(isAccepted(one, request, new Date(at.getTime() - 3_600_000 - 5_000))).toBe(false)
  })
})
