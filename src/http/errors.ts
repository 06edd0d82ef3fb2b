import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { invalid, Problem, type Reason, tooLarge } from '#src/errors.ts'

/** Draws the page of an error for a browser; `src/app.ts` hands it in. */
export type ErrorPage = (
  request: FastifyRequest,
  problem: { status: number; reason: Reason | null },
) => string | Promise<string>

/** Whether an answer is for a program: everything below these paths is JSON, errors included. */
export function wantsJson(request: FastifyRequest): boolean {
  if (/^\/(api|oauth\/(token|revoke|userinfo)|\.well-known|nodeinfo|health|inbox)(\/|\?|$)/.test(request.url))
    return true
  const accept = request.headers.accept ?? ''
  return !accept.includes('text/html') && /json/.test(accept)
}

/** Answers every error: a Problem with its sentence, a bug with nothing but the request's id. Never a stack, never a cause. */
export function useErrors(app: FastifyInstance, errorPage: ErrorPage): void {
  app.setNotFoundHandler((request, reply) =>
    answer(request, reply, { status: 404, reason: null }, { error: 'Record not found' }, errorPage),
  )
  app.setErrorHandler((error, request, reply) => {
    const problem = toKnownProblem(error)
    if (!problem) {
      request.log.error({ err: error }, 'a request failed')
      return answer(
        request,
        reply,
        { status: 500, reason: null },
        { error: `Something went wrong here (${request.id})` },
        errorPage,
      )
    }
    if (problem.cause !== undefined) request.log.warn({ err: problem.cause, code: problem.code }, problem.message)
    if (problem.retryAt) reply.header('retry-after', String(secondsUntil(problem.retryAt)))
    const body = { error: problem.message, ...(problem.details ? { details: problem.details } : {}) }
    return answer(request, reply, { status: problem.status, reason: problem.reason ?? null }, body, errorPage)
  })
}

async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  problem: { status: number; reason: Reason | null },
  body: object,
  errorPage: ErrorPage,
) {
  reply.code(problem.status).header('cache-control', 'no-store')
  if (wantsJson(request)) return reply.type('application/json; charset=utf-8').send(body)
  return reply.type('text/html; charset=utf-8').send(await errorPage(request, problem))
}

function secondsUntil(moment: Date): number {
  return Math.max(1, Math.ceil((moment.getTime() - Date.now()) / 1_000))
}

/** PostgreSQL is shutting down, starting, full, or not there: we are not ready, and the caller should come again. */
const unready =
  /^(57P0[1-3]|53\d{3}|08\d{3}|ECONNREFUSED|ECONNRESET|EPIPE|ENOENT|CONNECTION_(CLOSED|ENDED|DESTROYED)|CONNECT_TIMEOUT)$/

/** PostgreSQL keeps no NUL in a text, nor in JSON: it is in no text that a person writes. */
const unstorable = /^(22021|22P05)$/

function toKnownProblem(error: unknown): Problem | null {
  if (error instanceof Problem) return error
  if (!(error instanceof Error)) return null
  // Fastify wraps what a validator returns; the Problem is what we returned.
  if ('validation' in error && error.cause instanceof Problem) return error.cause
  const cause = error.cause instanceof Error ? error.cause : error
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : ''
  if (unready.test(code)) {
    return new Problem('unavailable', 'This server is not ready; try again in a moment', { status: 503, cause: error })
  }
  if (unstorable.test(code)) return invalid('There is a character in it that is no text (NUL)')
  const status = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500
  if (status === 413) return tooLarge('The request is too large')
  if (status >= 400 && status < 500) return new Problem('invalid', error.message, { status })
  return null
}
