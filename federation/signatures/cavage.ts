import type { KeyObject } from 'node:crypto'
import { type Algorithm, algorithmOf, isSignedBy, signText } from './algorithms.ts'
import { toDigestHeader } from './digest.ts'
import {
  type Candidate,
  headerValue,
  type Problem,
  type ReceivedRequest,
  readBase64,
  readHttpDate,
  readSeconds,
  splitUrl,
} from './request.ts'

/** A request of ours that is to be signed. */
export type OutgoingRequest = Readonly<{
  method: 'GET' | 'POST'
  url: string | URL
  /** `digestOf` the body; none for GET. */
  digest?: string
  /** Covered too when given; it must then be sent exactly so. */
  contentType?: string
  /** Other headers, covered too. */
  others?: Readonly<Record<string, string>>
  keyId: string
  key: KeyObject
  now: Date
}>

/**
 * Signs as every ActivityPub server reads it: draft-cavage 12, `(request-target) host date digest`, RSA-SHA256.
 * @returns the headers to send along
 * @see https://datatracker.ietf.org/doc/html/draft-cavage-http-signatures-12
 */
export async function signCavage(request: OutgoingRequest): Promise<Record<string, string>> {
  const { authority, path, query } = splitUrl(String(request.url))
  const headers: Record<string, string> = {
    host: authority,
    date: request.now.toUTCString(),
    ...(request.digest !== undefined && { digest: toDigestHeader(request.digest) }),
    ...(request.contentType !== undefined && { 'content-type': request.contentType }),
    ...request.others,
  }
  const target = `(request-target): ${request.method.toLowerCase()} ${path}${query}`
  const text = [target, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)].join('\n')
  const algorithm = request.key.asymmetricKeyType === 'rsa' ? 'rsa-sha256' : 'hs2019'
  const covered = ['(request-target)', ...Object.keys(headers)].join(' ')
  const signature = await signText(text, request.key)
  return {
    ...headers,
    signature: `keyId="${request.keyId}",algorithm="${algorithm}",headers="${covered}",signature="${signature}"`,
  }
}

/** Reads the `Signature` header of draft-cavage. */
export function readCavage(request: ReceivedRequest): Candidate | Problem {
  const parameters = readParameters(headerValue(request, 'signature') ?? '')
  if (parameters === null) return unreadable('The Signature header cannot be read')
  const keyId = parameters.get('keyId')
  const signature = readBase64(parameters.get('signature'))
  const covered = parameters.get('headers')?.toLowerCase().split(' ').filter(Boolean) ?? []
  if (!keyId || signature === null) return unreadable('The Signature header has no keyId or no signature')
  if (new Set(covered).size !== covered.length) return unreadable('The signature covers something twice')
  const algorithms = readAlgorithm(parameters.get('algorithm'))
  if (algorithms === null)
    return { problem: 'unsupported', detail: `The algorithm ${parameters.get('algorithm')} is unknown` }
  const times = readTimes(request, covered, parameters)
  const expiresAt = parameters.has('expires') ? readSeconds(parameters.get('expires')) : undefined
  if (times === null || expiresAt === null) return unreadable('A date of the signature cannot be read')
  const texts = signedTexts(request, covered, parameters)
  if (texts === null) return unreadable('The signature covers a header that is not there')
  const check = (key: KeyObject) => {
    const algorithm = algorithmOf(key)
    return (
      algorithm !== null &&
      algorithms.includes(algorithm) &&
      texts.some((text) => isSignedBy(key, algorithm, { text, signature }))
    )
  }
  return { scheme: 'cavage', keyId, covered, times, expiresAt: expiresAt ?? null, check }
}

function unreadable(detail: string): Problem {
  return { problem: 'unreadable', detail }
}

/** `name="value"` or `name=number`, separated by commas, no name twice; null when it is anything else. */
function readParameters(header: string): Map<string, string> | null {
  const parameters = new Map<string, string>()
  const pattern = /\s*([a-z]+)=(?:"([^"\\]*)"|(\d+(?:\.\d+)?))\s*(?:,|$)/giy
  while (pattern.lastIndex < header.length) {
    const [, name, quoted, bare] = pattern.exec(header) ?? []
    if (name === undefined || parameters.has(name)) return null
    parameters.set(name, quoted ?? bare ?? '')
  }
  return parameters
}

/** The algorithms that a name may stand for; `hs2019` and nothing mean "look at the key". */
function readAlgorithm(name = 'hs2019'): readonly Algorithm[] | null {
  const known: Readonly<Record<string, readonly Algorithm[]>> = {
    'rsa-sha256': ['rsa-v1_5-sha256'],
    ed25519: ['ed25519'],
    hs2019: ['rsa-v1_5-sha256', 'ed25519'],
  }
  return Object.hasOwn(known, name) ? (known[name] ?? null) : null
}

/** The covered dates; null when one is covered but not there or not readable. */
function readTimes(
  request: ReceivedRequest,
  covered: readonly string[],
  parameters: Map<string, string>,
): Date[] | null {
  const times = [
    ...(covered.includes('date') ? [readHttpDate(headerValue(request, 'date'))] : []),
    ...(covered.includes('(created)') ? [readSeconds(parameters.get('created'))] : []),
  ]
  return times.every((time) => time !== null) ? times : null
}

/** What may have been signed: GoToSocial and older Mastodon leave the query out of the target. Null when a covered part is missing. */
function signedTexts(
  request: ReceivedRequest,
  covered: readonly string[],
  parameters: Map<string, string>,
): string[] | null {
  const { path, query } = splitUrl(request.url)
  const targets = query === '' ? [path] : [path + query, path]
  const texts = targets.map((target) => {
    const special = new Map<string, string | undefined>([
      ['(request-target)', `${request.method.toLowerCase()} ${target}`],
      ['(created)', parameters.get('created')],
      ['(expires)', parameters.get('expires')],
    ])
    const values = covered.map((name) => (special.has(name) ? special.get(name) : headerValue(request, name)))
    if (values.includes(undefined)) return null
    return covered.map((name, index) => `${name}: ${values[index]}`).join('\n')
  })
  return texts.every((text) => text !== null) ? texts : null
}
