/** The closed list of error codes; docs/errors.md explains each. */
export type ProblemCode =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'gone'
  | 'conflict'
  | 'limited'
  | 'too_large'
  | 'storage_full'
  | 'remote_failed'
  | 'unavailable'

/** What was wrong with one field of the input, for a form or a client to show beside it. */
export type FieldProblem = Readonly<{ error: string; description: string }>

/** What pages say of a problem in the language of the reader, where its status alone says too little. */
export type Reason = 'role' | 'app' | 'appAddress' | 'moved' | 'away' | 'otherSite'

type ProblemOptions = Readonly<{
  status: number
  details?: Readonly<Record<string, readonly FieldProblem[]>>
  reason?: Reason
  retryAt?: Date
  cause?: unknown
}>

/**
 * Something that the caller did or met. `message` is a sentence in English for programs, which anybody may read; pages have `reason` and their
 * own words. The cause goes to the log only.
 * Bugs are not Problems: they stay ordinary errors and answer 500.
 */
export class Problem extends Error {
  readonly code: ProblemCode
  readonly status: number
  readonly details: Readonly<Record<string, readonly FieldProblem[]>> | undefined
  readonly reason: Reason | undefined
  readonly retryAt: Date | undefined

  constructor(code: ProblemCode, message: string, options: ProblemOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.status = options.status
    this.details = options.details
    this.reason = options.reason
    this.retryAt = options.retryAt
  }
}

/** 422: the input cannot be used; `details` names each field. */
export function invalid(message: string, details?: Readonly<Record<string, readonly FieldProblem[]>>): Problem {
  return new Problem('invalid', message, details ? { status: 422, details } : { status: 422 })
}

/** 401: nobody is signed in, or the token is not (or no longer) valid. */
export function unauthenticated(message = 'The access token is invalid'): Problem {
  return new Problem('unauthenticated', message, { status: 401 })
}

/** 403: known, but not allowed. Use `notFound` where even the existence is not to be known. */
export function forbidden(message = 'This action is not allowed', reason?: Reason): Problem {
  return new Problem('forbidden', message, reason ? { status: 403, reason } : { status: 403 })
}

/** 404: not there, or hidden from this viewer: both look the same. */
export function notFound(message = 'Record not found'): Problem {
  return new Problem('not_found', message, { status: 404 })
}

/** 410: was there and has been deleted. */
export function gone(message = 'This has been deleted'): Problem {
  return new Problem('gone', message, { status: 410 })
}

/** 409: a race was lost or the state has moved on. */
export function conflict(message: string): Problem {
  return new Problem('conflict', message, { status: 409 })
}

/** 429: too often; `retryAt` says when it will be allowed again. */
export function limited(message: string, retryAt: Date): Problem {
  return new Problem('limited', message, { status: 429, retryAt })
}

/** 413: larger than is accepted. */
export function tooLarge(message: string): Problem {
  return new Problem('too_large', message, { status: 413 })
}

/** 507: no room on the disk. */
export function storageFull(cause: unknown): Problem {
  return new Problem('storage_full', 'There is no room left for pictures on this server', { status: 507, cause })
}

/** 503: the other server did not answer as it should. */
export function remoteFailed(host: string, cause?: unknown): Problem {
  return new Problem('remote_failed', `The server ${host} did not answer`, { status: 503, cause })
}

/** 503: something that we need ourselves (the database, a queue) does not answer. */
export function unavailable(cause?: unknown): Problem {
  return new Problem('unavailable', 'This server is not ready; try again in a moment', { status: 503, cause })
}
