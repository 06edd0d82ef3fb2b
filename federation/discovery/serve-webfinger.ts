import type { FastifyInstance } from 'fastify'
import type { Ctx } from '#src/context.ts'
import { invalid, notFound } from '#src/errors.ts'
import { type Actor, findLocalActor } from '#src/features/actors/queries.ts'
import { ensureInstanceActor } from '#src/features/actors/service.ts'
import { iriOfActor } from '../actors.ts'

const config = { access: 'server', limit: false } as const

/** Says which actor stands behind a name or an address. @see https://www.rfc-editor.org/rfc/rfc7033 */
export function registerWebFinger(app: FastifyInstance, ctx: Ctx): void {
  app.get<{ Querystring: { resource?: string | string[] } }>(
    '/.well-known/webfinger',
    { config },
    async (request, reply) => {
      const { resource } = request.query
      if (typeof resource !== 'string' || resource === '') throw invalid400()
      const actor = await findResource(ctx, resource)
      if (!actor || actor.deletedAt) throw notFound('Nobody is called so here')
      reply.type('application/jrd+json; charset=utf-8').header('cache-control', 'public, max-age=300')
      return toDescriptor(ctx, actor)
    },
  )
}

function invalid400() {
  return Object.assign(invalid('Say whom you look for: ?resource=acct:user@host'), { status: 400 })
}

/** A handle at either of our hosts, the id or page of an actor, or the bare address of the instance. */
async function findResource(ctx: Ctx, resource: string): Promise<Actor | null> {
  const { publicUrl } = ctx.uris
  const webHost = new URL(publicUrl).host
  if (resource === publicUrl || resource === `${publicUrl}/`) return ensureInstanceActor(ctx)
  const target = ctx.uris.read(resource)
  if (target?.kind === 'instance') return ensureInstanceActor(ctx)
  if (target?.kind === 'actor') return findLocalActor(ctx.db, target.handle)
  const account = /^(?:acct:)?@?([^@\s]+)@([^@\s]+)$/.exec(resource)
  const [, user = '', host = ''] = account ?? []
  if (![ctx.config.handleHost, webHost].includes(host.toLowerCase())) return null
  return user.toLowerCase() === webHost ? ensureInstanceActor(ctx) : findLocalActor(ctx.db, user)
}

function toDescriptor(ctx: Ctx, actor: Actor): object {
  const { uris } = ctx
  const isInstance = actor.type === 'Application'
  const iri = iriOfActor(ctx, actor)
  const page = isInstance ? `${uris.publicUrl}/` : uris.profile(actor.handle)
  const avatar =
    actor.avatar?.state === 'ready' ? actor.avatar.variants.find(({ mime }) => mime === 'image/jpeg') : undefined
  return {
    subject: `acct:${actor.handle}@${ctx.config.handleHost}`,
    aliases: [page, iri],
    links: [
      { rel: 'self', type: 'application/activity+json', href: iri },
      { rel: 'http://webfinger.net/rel/profile-page', type: 'text/html', href: page },
      ...(isInstance
        ? [{ rel: 'https://www.w3.org/ns/activitystreams#Service', type: 'application/activity+json', href: iri }]
        : []),
      ...(actor.avatar && avatar
        ? [
            {
              rel: 'http://webfinger.net/rel/avatar',
              type: avatar.mime,
              href: uris.media(actor.avatar.key, avatar.file),
            },
          ]
        : []),
      ...(isInstance
        ? []
        : [
            {
              rel: 'http://ostatus.org/schema/1.0/subscribe',
              template: `${uris.publicUrl}/authorize_interaction?uri={uri}`,
            },
          ]),
    ],
  }
}
