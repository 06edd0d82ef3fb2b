import type { FastifyInstance, FastifyRequest } from 'fastify'
import { expandFields, refuseUnreadable } from './form.ts'

/**
 * Bodies as clients send them: nothing at all under `Content-Type: application/json`, which some set on whatever they send, and fields
 * of what they write in the query, as Ice Cubes does for lists and follows. What is in both counts as the body has it.
 * @see https://docs.joinmastodon.org/client/intro/#parameters
 */
export function useBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, text, done) =>
    text === '' ? done(null) : parse(request, text, done),
  )
  // A promise: what a parser throws outside of one is caught by nobody.
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    async (_request: FastifyRequest, text: string) => expandFields(new URLSearchParams(text)),
  )
  app.addHook('onRequest', async ({ query }) => refuseUnreadable(query))
  app.addHook('preValidation', async (request) => {
    if (!isRecord(request.body ?? {})) return
    const fields = queryFields(request)
    if (Object.keys(fields).length > 0) request.body = { ...fields, ...(request.body ?? {}) }
  })
}

/** The fields that a writing request of the API has in its query. Not for OAuth: secrets have no place in an address. */
export function queryFields({ method, query, routeOptions }: FastifyRequest): Record<string, unknown> {
  if (method === 'GET' || method === 'HEAD' || !routeOptions.url?.startsWith('/api/')) return {}
  return isRecord(query) ? query : {}
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
