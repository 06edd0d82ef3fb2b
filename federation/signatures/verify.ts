import type { KeyObject } from 'node:crypto'
import { readCavage } from './cavage.ts'
import type { Candidate, Problem, ReceivedRequest } from './request.ts'
import { readRfc9421 } from './rfc9421.ts'

/** A signature that covers what it must and is neither too old nor too new. Whether it is true, `check` tells. */
export type Signature = Readonly<{
  scheme: 'cavage' | 'rfc9421'
  keyId: string
  covered: readonly string[]
  /** When it says that it was made; the oldest time if it says so twice. */
  createdAt: Date
  /** Whether this key made it. */
  check(key: KeyObject): boolean
}>

/** Mastodon takes twelve hours too: queues retry, and clocks of small servers are wrong. */
const maxAgeMs = 12 * 3_600_000
const maxAheadMs = 3_600_000

/**
 * Reads the signature of a request, so that the caller can look for the key before checking. It must cover the method and target, our
 * host, a date and, unless the request is a GET, the digest of the body: otherwise it could be used for another request. Compare the
 * body itself by `isBodySigned`.
 *
 * Of several signatures the first that will do is taken.
 */
export function readSignature(request: ReceivedRequest, now: Date): Signature | Problem {
  if (request.headers.signature === undefined) return { problem: 'unsigned', detail: 'There is no Signature header' }
  const isRfc9421 = request.headers['signature-input'] !== undefined
  const read = isRfc9421 ? readRfc9421(request) : [readCavage(request)]
  const judged = read.map((candidate) => ('problem' in candidate ? candidate : judge(request.method, candidate, now)))
  const usable = judged.find((one) => !('problem' in one))
  return usable ?? judged[0] ?? { problem: 'unreadable', detail: 'Signature-Input is empty' }
}

function judge(method: string, candidate: Candidate, now: Date): Signature | Problem {
  const missing = findUncovered(method, candidate)
  if (missing !== null) return { problem: 'uncovered', detail: `The signature does not cover ${missing}` }
  const made = candidate.times.map((time) => time.getTime())
  const oldest = Math.min(...made)
  const at = now.getTime()
  if (oldest < at - maxAgeMs)
    return { problem: 'stale', detail: `The signature was made at ${new Date(oldest).toISOString()}` }
  const newest = Math.max(...made)
  if (newest > at + maxAheadMs)
    return { problem: 'early', detail: `The signature says ${new Date(newest).toISOString()}` }
  const { scheme, keyId, covered, expiresAt, check } = candidate
  if (expiresAt !== null && expiresAt.getTime() < at) {
    return { problem: 'expired', detail: `The signature was good until ${expiresAt.toISOString()}` }
  }
  return { scheme, keyId, covered, createdAt: new Date(oldest), check }
}

/** What a signature must cover but does not, in words; null when nothing is missing. */
function findUncovered(method: string, { covered, times }: Candidate): string | null {
  const covers = (...names: string[]) => names.some((name) => covered.includes(name))
  const hasBody = method.toUpperCase() !== 'GET' && method.toUpperCase() !== 'HEAD'
  const isTargetCovered =
    covers('(request-target)') || (covers('@method') && covers('@target-uri', '@request-target', '@path'))
  if (!isTargetCovered) return 'the method and target'
  if (!covers('host', '@authority', '@target-uri')) return 'the host'
  if (hasBody && !covers('digest', 'content-digest')) return 'the digest of the body'
  return times.length === 0 ? 'a date' : null
}
