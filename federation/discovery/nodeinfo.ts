import type { FastifyInstance } from 'fastify'
import type { Ctx } from '#src/context.ts'
import { notFound } from '#src/errors.ts'
import { countUsage, getInstance } from '#src/features/instance/service.ts'
import { version } from '#src/version.ts'

const versions = ['2.0', '2.1'] as const
const config = { access: 'server', limit: false } as const

/** What this server is, for programs that count and compare servers. @see https://nodeinfo.diaspora.software/protocol */
export function registerNodeInfo(app: FastifyInstance, ctx: Ctx): void {
  app.get('/.well-known/nodeinfo', { config }, () => ({
    links: [
      ...versions.map((number) => ({
        rel: `http://nodeinfo.diaspora.software/ns/schema/${number}`,
        href: `${ctx.uris.publicUrl}/nodeinfo/${number}`,
      })),
      // FEP-2677: the actor that signs for the server.
      { rel: 'https://www.w3.org/ns/activitystreams#Application', href: ctx.uris.instanceActor },
    ],
  }))
  app.get<{ Params: { version: string } }>('/nodeinfo/:version', { config }, async (request, reply) => {
    const number = versions.find((known) => known === request.params.version)
    if (!number) throw notFound('This version of NodeInfo is not served')
    const profile = `http://nodeinfo.diaspora.software/ns/schema/${number}#`
    reply.type(`application/json; profile="${profile}"; charset=utf-8`).header('cache-control', 'public, max-age=300')
    return toNodeInfo(ctx, number)
  })
}

async function toNodeInfo(ctx: Ctx, number: (typeof versions)[number]): Promise<object> {
  const [instance, usage] = await Promise.all([getInstance(ctx), countUsage(ctx)])
  const software = { name: 'entremise', version }
  return {
    version: number,
    // 2.1 asks for a `repository`, which is optional: the program has no public one yet, and hands out its source by itself.
    software,
    protocols: ['activitypub'],
    services: { inbound: [], outbound: [] },
    // Also where an operator decides in the end, as Mastodon and GoToSocial say it.
    openRegistrations: instance.registrationMode !== 'closed',
    usage: {
      // Those who collect this mean accounts by users: in other programs each has one login. A login here may speak as several.
      users: { total: usage.users, activeMonth: usage.activeMonth, activeHalfyear: usage.activeHalfyear },
      localPosts: usage.localPosts,
    },
    metadata: {
      nodeName: instance.name,
      nodeDescription: instance.description,
      // Programs that sort servers by the client API they speak look here.
      upstream: { name: 'mastodon' },
      federation: { enabled: true },
    },
  }
}
