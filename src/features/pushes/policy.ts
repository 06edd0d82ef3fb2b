import { ECDH } from 'node:crypto'
import { pushPolicy } from '#src/db/schema/pushes.ts'
import { type FieldProblem, invalid } from '#src/errors.ts'

/** What a device may be told of, in the words of the client API. Some of it never happens here; whoever asks for it is not told otherwise. */
export const alertKinds = [
  'mention',
  'quote',
  'status',
  'reblog',
  'follow',
  'follow_request',
  'favourite',
  'poll',
  'update',
  'quoted_update',
  'admin.sign_up',
  'admin.report',
] as const

/** Whose doings a device may be told of. */
export const pushPolicies = pushPolicy.enumValues

/** A device as it describes itself. */
export type Device = Readonly<{ endpoint: string; p256dh: string; auth: string }>

/**
 * Checks what a device says of itself, so that every message can be encrypted for it.
 * @param mayBePlain whether its push service may be reached over plain http: only where the instance itself is
 * @returns keys in base64url without padding
 * @throws Problem `invalid`
 */
export function checkDevice({ endpoint, p256dh, auth }: Device, mayBePlain: boolean): Device {
  const details: Record<string, FieldProblem[]> = {}
  const wrong = (description: string) => [{ error: 'ERR_INVALID', description }]
  const url = endpoint.length <= 2_000 ? URL.parse(endpoint) : null
  const isReachable = url?.protocol === 'https:' || (url?.protocol === 'http:' && mayBePlain)
  if (!url || !isReachable || url.username) details.endpoint = wrong('must be an https address')
  if (!isPoint(p256dh)) details.key_p256dh = wrong('must be an uncompressed point of P-256 in base64url')
  if (Buffer.from(auth, 'base64url').length < 16) details.key_auth = wrong('must be 16 bytes in base64url')
  const names = Object.keys(details)
  if (names.length > 0)
    throw invalid(`Validation failed: ${names.map((name) => `${name} ${details[name]?.[0]?.description}`)}`, details)
  const tidy = (key: string) => Buffer.from(key, 'base64url').toString('base64url')
  return { endpoint, p256dh: tidy(p256dh), auth: tidy(auth) }
}

function isPoint(text: string): boolean {
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.length !== 65 || bytes[0] !== 4) return false
  try {
    return ECDH.convertKey(bytes, 'prime256v1').length > 0
  } catch {
    return false
  }
}
