import type { Fetcher } from '#src/core/fetch.ts'
import type { Scheme } from './health.ts'
import { readRetryAfter } from './schedule.ts'
import type { Signer } from './signer.ts'

/** What came of one attempt. */
export type Result =
  | { kind: 'delivered'; scheme: Scheme }
  /** 404 or 410: the inbox is not there, or so it seems. */
  | { kind: 'gone'; error: string; retryAfterMs: number | null }
  /** The server answered and will not take this activity, now or ever. */
  | { kind: 'refused'; error: string }
  /** The server answered but asks for patience; it is healthy. */
  | { kind: 'later'; error: string; retryAfterMs: number | null }
  /** The server did not answer as it should. */
  | { kind: 'failed'; error: string; retryAfterMs: number | null }

/** How long a peer may take to accept an activity. */
const deadlineMs = 10_000

/** Answers by which a server says that it could not verify the signature. */
const unverified = new Set([400, 401, 403])

/** What goes to an inbox; `others`: headers that go along. */
type Letter = Readonly<{ url: string; body: Buffer; others?: Readonly<Record<string, string>> }>

/**
 * Posts an activity to an inbox, signed as its host last accepted it. When the signature is refused, the other kind is tried once:
 * several programs refuse RFC 9421, and some new ones draft-cavage.
 */
export async function send(
  parts: { fetcher: Fetcher; signer: Signer; now: () => Date },
  delivery: Letter & { scheme: Scheme | null },
): Promise<Result> {
  const first = delivery.scheme ?? 'cavage'
  const answer = await attempt(parts, delivery, first)
  if (!('status' in answer) || !unverified.has(answer.status)) return toResult(answer, first, parts.now())
  const other = first === 'cavage' ? 'rfc9421' : 'cavage'
  const second = await attempt(parts, delivery, other)
  if ('status' in second && second.status < 300) return toResult(second, other, parts.now())
  return toResult(answer, first, parts.now())
}

type Answer = { status: number; retryAfter: string | undefined; text: string } | { error: string }

async function attempt(
  parts: { fetcher: Fetcher; signer: Signer; now: () => Date },
  { url, body: sent, others = {} }: Letter,
  scheme: Scheme,
): Promise<Answer> {
  try {
    const signed = await parts.signer.sign({ scheme, url, body: sent, others, now: parts.now() })
    const headers = { 'content-type': 'application/activity+json', ...signed }
    const { status, headers: got, body } = await parts.fetcher.post(url, { headers, body: sent, deadlineMs })
    return { status, retryAfter: got['retry-after'], text: body.toString('utf8', 0, 200) }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}

function toResult(answer: Answer, scheme: Scheme, now: Date): Result {
  if ('error' in answer) return { kind: 'failed', error: answer.error, retryAfterMs: null }
  const { status } = answer
  const error = `${status} ${answer.text}`.trim()
  const retryAfterMs = readRetryAfter(answer.retryAfter, now)
  if (status >= 200 && status < 300) return { kind: 'delivered', scheme }
  if (status === 404 || status === 410) return { kind: 'gone', error, retryAfterMs }
  if (status === 429 || (status === 503 && retryAfterMs !== null)) return { kind: 'later', error, retryAfterMs }
  // 401 and 403 often mean that the peer could not fetch our key just now; 408 and 425 ask for another try.
  if ([401, 403, 408, 425].includes(status)) return { kind: 'later', error, retryAfterMs }
  if (status >= 400 && status < 500) return { kind: 'refused', error }
  return { kind: 'failed', error, retryAfterMs }
}
