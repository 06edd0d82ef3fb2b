import type { FastifyInstance } from 'fastify'
import type { Ctx } from '#src/context.ts'

/** Tells older programs (Friendica, GNU social, Pleroma) where WebFinger is. @see https://www.rfc-editor.org/rfc/rfc6415 */
export function registerHostMeta(app: FastifyInstance, ctx: Ctx): void {
  const template = `${ctx.uris.publicUrl}/.well-known/webfinger?resource={uri}`
  const document = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">',
    `  <Link rel="lrdd" type="application/xrd+xml" template="${template}"/>`,
    '</XRD>',
    '',
  ].join('\n')
  app.get('/.well-known/host-meta', { config: { access: 'server', limit: false } }, (_request, reply) =>
    reply.type('application/xrd+xml; charset=utf-8').header('cache-control', 'public, max-age=3600').send(document),
  )
}
