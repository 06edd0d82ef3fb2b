/**
 * Why a request went nowhere:
 * - `bad-url`: no http(s) address, or one with a user name in it
 * - `refused-address`: it leads to an address that is not public
 * - `refused-host`: the instance does not speak with that server
 * - `timeout`: it took longer than allowed to connect, to answer or altogether
 * - `too-large`: the answer is larger than allowed, counted after decompression
 * - `too-many-redirects`
 * - `bad-response`: the answer cannot be used (an unknown content encoding, a redirect to nowhere)
 * - `bad-status`: a status other than 2xx where only content helps; see `status`
 * - `network`: no such host, connection refused or lost, bad certificate
 * - `not-now`: a bound of our own is reached, which says nothing of that server
 */
export type OutboundCode =
  | 'bad-url'
  | 'refused-address'
  | 'refused-host'
  | 'timeout'
  | 'too-large'
  | 'too-many-redirects'
  | 'bad-response'
  | 'bad-status'
  | 'network'
  | 'not-now'

/** A request to another server that brought no usable answer. The message is for logs: it may name addresses. */
export class OutboundError extends Error {
  readonly code: OutboundCode
  /** The status of the answer, for `bad-status`. */
  readonly status: number | undefined

  constructor(code: OutboundCode, message: string, options?: { cause?: unknown; status?: number }) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'OutboundError'
    this.code = code
    this.status = options?.status
  }
}

const timeouts = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT'])

/** Whatever undici, TLS or the resolver threw, as one of ours. */
export function toOutboundError(error: unknown): OutboundError {
  if (error instanceof OutboundError) return error
  const { code = '', message = String(error) } = error instanceof Error ? (error as NodeJS.ErrnoException) : {}
  if (timeouts.has(code)) return new OutboundError('timeout', message, { cause: error })
  return new OutboundError('network', code && !message.includes(code) ? `${code}: ${message}` : message, {
    cause: error,
  })
}

/** Whether the same may well succeed at another time. */
export function mayPass({ code, status = 0 }: OutboundError): boolean {
  if (code === 'bad-status') return status === 429 || status >= 500
  return code === 'timeout' || code === 'network' || code === 'not-now'
}
