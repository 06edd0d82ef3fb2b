import { localeOf } from '#src/core/i18n.ts'
import type { App } from '#src/http/zod.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { apiReference } from '#src/web/components/api-reference.ts'
import { sendPage } from '#src/web/frame.ts'
import type { Route } from './route.ts'

/** The client API as people read it. What is said of each method is English, as are the names in it. */
export function registerReferencePages(app: App, routes: readonly Route[]): void {
  app.get('/api/docs', { config: { access: 'page', isShared: true } }, async (request, reply) => {
    const { toReferenceValue } = await import('./views.ts')
    const t = translatorFor(localeOf(request))
    return sendPage(request, reply, {
      title: t.reference.title,
      isIndexable: true,
      body: apiReference(toReferenceValue(routes, t), t),
    })
  })
}
