import type { Ctx } from '#src/context.ts'
import type { App } from '#src/http/zod.ts'
import { version } from '#src/version.ts'
import { registerReferencePages } from './pages.ts'
import type { Route } from './route.ts'

/** The client API describes itself. @see https://spec.openapis.org/oas/v3.1.1.html */
export function registerReferenceRoutes(app: App, ctx: Ctx, routes: readonly Route[]): void {
  let text: string | undefined
  app.get('/api/openapi.json', { config: { access: 'public' } }, async (_request, reply) => {
    // Few ask, and what is described is large: it is put together for the first who does.
    const { describeApi } = await import('./openapi.ts')
    text ??= JSON.stringify(describeApi(routes, { url: ctx.uris.publicUrl, version }))
    return reply.type('application/json; charset=utf-8').send(text)
  })
  registerReferencePages(app, routes)
}
