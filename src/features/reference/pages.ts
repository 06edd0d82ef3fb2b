import type { App } from '#src/http/zod.ts'
import { apiReference } from '#src/web/components/api-reference.ts'
import { sendPage } from '#src/web/frame.ts'
import type { Route } from './route.ts'

/** The client API as people read it. Its words are English, as are the names in it. */
export function registerReferencePages(app: App, routes: readonly Route[]): void {
  app.get('/api/docs', { config: { access: 'page' } }, async (request, reply) => {
    const { toReferenceValue } = await import('./views.ts')
    return sendPage(request, reply, {
      title: 'API',
      isIndexable: true,
      body: apiReference(toReferenceValue(routes)),
    })
  })
}
