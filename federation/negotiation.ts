import type { FastifyServerOptions } from 'fastify'

/** The content types under which servers ask for our documents. */
const activityTypes = new Set(['application/activity+json', 'application/ld+json', 'application/json'])

/**
 * Whether an Accept header asks for a document rather than a page: a browser, and a program that takes anything, get the page.
 * @see https://www.w3.org/TR/activitypub/#retrieving-objects
 */
export function prefersActivity(accept: string | undefined): boolean {
  if (!accept) return false
  let [activity, page] = [0, 0]
  for (const part of accept.split(',')) {
    const [type = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase())
    const q = parameters.find((parameter) => parameter.startsWith('q='))
    const weight = q ? Number(q.slice(2)) || 0 : 1
    if (activityTypes.has(type)) activity = Math.max(activity, weight)
    if (type === 'text/html' || type === 'application/xhtml+xml') page = Math.max(page, weight)
  }
  return activity > 0 && activity > page
}

type Strategy = NonNullable<NonNullable<FastifyServerOptions['routerOptions']>['constraints']>[string]
type Handler = Parameters<ReturnType<Strategy['storage']>['set']>[1]

/** Lets a document and a page share one address: routes with this constraint are for those who ask for the document. */
export const representation: Strategy = {
  name: 'representation',
  storage: () => {
    const handlers = new Map<unknown, Handler>()
    return {
      get: (kind) => handlers.get(kind) ?? null,
      set: (kind, handler) => handlers.set(kind, handler),
    }
  },
  deriveConstraint: (request) => (prefersActivity(request.headers.accept) ? 'activity' : 'page'),
  validate: () => true,
}

/** For routes that serve documents. */
export const asActivity = { representation: 'activity' }

/** The type under which documents are sent. */
export const activityType = 'application/activity+json; charset=utf-8'
