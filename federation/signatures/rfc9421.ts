import type { KeyObject } from 'node:crypto'
import { type Algorithm, algorithmOf, isSignedBy, signText } from './algorithms.ts'
import type { OutgoingRequest } from './cavage.ts'
import { toContentDigestHeader } from './digest.ts'
import { type Candidate, headerValue, type Problem, type ReceivedRequest, readHttpDate, splitUrl } from './request.ts'
import { type Item, type Member, readDictionary } from './structured-fields.ts'

/**
 * Signs by RFC 9421 with RSASSA-PKCS1-v1_5 over the method, the target and the digest of the body: exactly what Mastodon 4.5 asks for.
 * @returns the headers to send along
 * @see https://docs.joinmastodon.org/spec/security/#http-message-signatures
 */
export async function signRfc9421(request: OutgoingRequest): Promise<Record<string, string>> {
  const { digest, key } = request
  const headers: Record<string, string> = {
    ...(digest !== undefined && { 'content-digest': toContentDigestHeader(digest) }),
    ...(request.contentType !== undefined && { 'content-type': request.contentType }),
    ...request.others,
  }
  const { target } = derive(request.method, String(request.url))
  const values = new Map([['@method', request.method], ['@target-uri', target], ...Object.entries(headers)])
  const names = [...values.keys()].map((name) => `"${name}"`).join(' ')
  const created = Math.floor(request.now.getTime() / 1000)
  const algorithm = algorithmOf(key)
  const parameters = `(${names});created=${created};keyid="${request.keyId}";alg="${algorithm}"`
  const signature = await signText(toBase(values, parameters), key)
  return { ...headers, 'signature-input': `sig1=${parameters}`, signature: `sig1=:${signature}:` }
}

/** Reads the signatures of `Signature-Input` and `Signature`, one by one: a proxy may have added its own. */
export function readRfc9421(request: ReceivedRequest): (Candidate | Problem)[] {
  const inputs = readDictionary(headerValue(request, 'signature-input') ?? '')
  const signatures = readDictionary(headerValue(request, 'signature') ?? '')
  if (inputs === null || signatures === null) return [unreadable('Signature-Input or Signature cannot be read')]
  return [...inputs].map(([label, input]) => readOne(request, input, signatures.get(label)?.value))
}

function readOne(request: ReceivedRequest, input: Member, signature: Member['value'] | undefined): Candidate | Problem {
  if (!isList(input.value) || !Buffer.isBuffer(signature))
    return unreadable('A signature is not a list with bytes to it')
  const keyId = input.parameters.get('keyid')
  if (typeof keyId !== 'string' || keyId === '') return unreadable('The signature has no keyid')
  const algorithm = input.parameters.get('alg')
  if (algorithm !== undefined && !isAlgorithm(algorithm)) return unsupported(`The algorithm ${algorithm} is unknown`)
  const covered = input.value.map(({ value }) => value).filter((value) => typeof value === 'string')
  if (!areNames(input.value)) return unsupported(`A component among ${covered.join(' ')} is unknown`)
  if (new Set(covered).size !== covered.length) return unreadable('The signature covers something twice')
  const text = signedText(request, covered, input.source)
  if (text === null) return unreadable('The signature covers a header or component that is not there')
  const dates = readDates(request, covered, input)
  if (dates === null) return unreadable('A date of the signature cannot be read')
  const check = (key: KeyObject) => {
    const used = algorithm ?? algorithmOf(key)
    return used !== null && isSignedBy(key, used, { text, signature })
  }
  return { scheme: 'rfc9421', keyId, covered, ...dates, check }
}

function unreadable(detail: string): Problem {
  return { problem: 'unreadable', detail }
}

function unsupported(detail: string): Problem {
  return { problem: 'unsupported', detail }
}

function isList(value: Member['value']): value is readonly Item[] {
  return Array.isArray(value)
}

function isAlgorithm(value: unknown): value is Algorithm {
  return value === 'rsa-v1_5-sha256' || value === 'rsa-pss-sha512' || value === 'ed25519'
}

/** Components with parameters (`;sf`, `;bs`, `;key`, `;req`, `@query-param;name=…`) would have to be built otherwise. */
function areNames(items: readonly Item[]): boolean {
  return items.every(
    ({ value, parameters }) => typeof value === 'string' && /^@?[a-z\d-]+$/.test(value) && parameters.size === 0,
  )
}

/** `created` is always signed, a Date header if it is covered; null when one is there but cannot be read. */
function readDates(
  request: ReceivedRequest,
  covered: readonly string[],
  input: Member,
): Pick<Candidate, 'times' | 'expiresAt'> | null {
  const created = input.parameters.get('created')
  const times = [
    ...(created === undefined ? [] : [toDate(created)]),
    ...(covered.includes('date') ? [readHttpDate(headerValue(request, 'date'))] : []),
  ]
  const expires = input.parameters.get('expires')
  const expiresAt = expires === undefined ? undefined : toDate(expires)
  const isReadable = expiresAt !== null && times.every((time) => time !== null)
  return isReadable ? { times, expiresAt: expiresAt ?? null } : null
}

function toDate(seconds: unknown): Date | null {
  return typeof seconds === 'number' && Number.isSafeInteger(seconds) && Math.abs(seconds) < 1e12
    ? new Date(seconds * 1000)
    : null
}

/** The text that was signed; null when a covered part is not there. @see https://www.rfc-editor.org/rfc/rfc9421#section-2.5 */
function signedText(request: ReceivedRequest, covered: readonly string[], parameters: string): string | null {
  const { components } = derive(request.method, request.url)
  const values = new Map<string, string>()
  for (const name of covered) {
    const value = name.startsWith('@') ? components.get(name) : headerValue(request, name)
    if (value === undefined) return null
    values.set(name, value)
  }
  return toBase(values, parameters)
}

function toBase(values: ReadonlyMap<string, string>, parameters: string): string {
  const lines = [...values].map(([name, value]) => `"${name}": ${value}`)
  return [...lines, `"@signature-params": ${parameters}`].join('\n')
}

/** The parts of a request that have names. @see https://www.rfc-editor.org/rfc/rfc9421#section-2.2 */
function derive(method: string, url: string): { target: string; components: ReadonlyMap<string, string> } {
  const { scheme, authority, path, query } = splitUrl(url)
  const target = `${scheme}://${authority}${path}${query}`
  const components = new Map([
    ['@method', method.toUpperCase()],
    ['@target-uri', target],
    ['@authority', authority],
    ['@scheme', scheme],
    ['@path', path],
    ['@query', query || '?'],
    ['@request-target', path + query],
  ])
  return { target, components }
}
