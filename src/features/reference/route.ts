import type { FastifyContextConfig, RouteOptions } from 'fastify'
import type { Access } from '#src/http/auth.ts'
import type { App } from '#src/http/zod.ts'

/** A route of the client API as it was registered, as far as it is described. */
export type Route = Readonly<{
  method: string
  url: string
  access: Access | undefined
  schema: Readonly<{ params?: unknown; querystring?: unknown; body?: unknown }>
  form?: FastifyContextConfig['form']
}>

/** What clients call; everything else is pages, or spoken between servers. */
const clientApi = /^\/(api|oauth)\/|^\/\.well-known\/oauth-/

/** The routes of the client API that are registered from now on: the list grows until the app is ready. */
export function collectRoutes(app: App): readonly Route[] {
  const routes: Route[] = []
  app.addHook('onRoute', (options) => {
    routes.push(...toRoutes(options))
  })
  return routes
}

/** Nothing for what is not part of the client API. */
function toRoutes({ method, url, config, schema }: RouteOptions): Route[] {
  if (method === 'HEAD' || !clientApi.test(url)) return []
  return [{ method: String(method), url, access: config?.access, schema: schema ?? {}, form: config?.form }]
}

/** Whom a route lets in, in the words of the documentation. */
export function accessInWords(access: Access | undefined): string {
  if (access === 'public') return 'none'
  if (access === 'app') return 'any token'
  if (access === 'page' || access === 'session') return 'page'
  if (typeof access !== 'object') return '–'
  const scopes = access.scope
    .split(' ')
    .map((scope) => `\`${scope}\``)
    .join(' or ')
  if (access.isForAnyToken) return `${scopes}, any token`
  return access.isOptional ? `${scopes} or none` : scopes
}
