import { hash, timingSafeEqual } from 'node:crypto'
import { headerValue, type ReceivedRequest, readBase64 } from './request.ts'

const algorithms = { 'sha-256': 'sha256', 'sha-512': 'sha512' } as const

/** The SHA-256 of a body in base64: made once for each activity, whoever it goes to. */
export function digestOf(body: Buffer | string): string {
  return hash('sha256', body, 'base64')
}

/** The value of `Digest`. In upper case: NodeBB 4.15 refuses `sha-256=`. */
export function toDigestHeader(digest: string): string {
  return `SHA-256=${digest}`
}

/** The value of `Content-Digest`. @see https://www.rfc-editor.org/rfc/rfc9530#section-2 */
export function toContentDigestHeader(digest: string): string {
  return `sha-256=:${digest}:`
}

/**
 * Whether the body is the one that was signed. Each digest header that the signature covers must hold a digest that we know, and no
 * known digest in either header, covered or not, may be wrong.
 * @param covered what the signature covers
 */
export function isBodySigned(request: ReceivedRequest, covered: readonly string[], body: Buffer): boolean {
  const headers = ['digest', 'content-digest'] as const
  const outcomes = headers.map((name) => ({ isCovered: covered.includes(name), outcome: compare(request, name, body) }))
  if (outcomes.some(({ outcome }) => outcome === 'wrong')) return false
  const relied = outcomes.filter(({ isCovered }) => isCovered)
  return relied.length > 0 && relied.every(({ outcome }) => outcome === 'right')
}

function compare(
  request: ReceivedRequest,
  name: 'digest' | 'content-digest',
  body: Buffer,
): 'right' | 'wrong' | 'unknown' {
  const known = (headerValue(request, name) ?? '').split(',').flatMap((member) => readMember(member, name) ?? [])
  if (known.length === 0) return 'unknown'
  const isRight = known.every(({ algorithm, digest }) => {
    const expected = hash(algorithms[algorithm], body, 'buffer')
    return digest !== null && digest.length === expected.length && timingSafeEqual(digest, expected)
  })
  return isRight ? 'right' : 'wrong'
}

type Member = { algorithm: keyof typeof algorithms; digest: Buffer | null }

/** One value of a list such as `SHA-256=…,id-sha-512=…`; null when its algorithm is unknown. */
function readMember(member: string, name: 'digest' | 'content-digest'): Member | null {
  const end = member.indexOf('=')
  const algorithm = member.slice(0, Math.max(end, 0)).trim().toLowerCase()
  if (algorithm !== 'sha-256' && algorithm !== 'sha-512') return null
  const value = member.slice(end + 1).trim()
  const base64 = name === 'digest' ? value : /^:(.*):$/.exec(value)?.[1]
  return { algorithm, digest: readBase64(base64) }
}
