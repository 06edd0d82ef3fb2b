import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { inListOrder } from '#src/core/paging.ts'
import { actorUrl } from '#src/features/actors/entity.ts'
import { getByAcct } from '#src/features/actors/naming.ts'
import { type Actor, listActors } from '#src/features/actors/queries.ts'
import { toActorValue } from '#src/features/actors/views.ts'
import { may } from '#src/features/teams/policy.ts'
import { actingViewer } from '#src/http/auth.ts'
import { browse, nextBody, nextOf, type Place, placeQuery } from '#src/http/browse.ts'
import type { App } from '#src/http/zod.ts'
import { type Translator, translatorFor } from '#src/locales/translator.ts'
import { nameOf } from '#src/web/components/actor.ts'
import { type FollowEnd, followList } from '#src/web/components/follow-list.ts'
import { setFlash } from '#src/web/flash.ts'
import { sendPage } from '#src/web/frame.ts'
import { profilePath } from '#src/web/paths.ts'
import { mayListFollows } from './policy.ts'
import { listFollows } from './queries.ts'
import { removeFollower } from './service.ts'

/** Lines on one page. */
const pageLength = 40

const params = z.object({ handle: z.string() })

/** Who follows an identity and whom it follows: everybody sees how many, its team sees who. */
export function registerFollowListPages(app: App, ctx: Ctx): void {
  for (const end of ['followers', 'following'] as const) {
    const schema = { params, querystring: placeQuery }
    app.get(`/@:handle/${end}`, { config: { access: 'page', isShared: true }, schema }, (request, reply) =>
      sendFollows(ctx, request, reply, { end, acct: request.params.handle, place: request.query }),
    )
  }
  const options = { config: { access: 'session' }, schema: { params, body: nextBody } } as const
  app.post('/@:handle/remove-follower', options, async (request, reply) => {
    const follower = await getByAcct(ctx, request.params.handle)
    await removeFollower(ctx, actingViewer(request), follower.id)
    const words = translatorFor(localeOf(request)).reading.follows
    setFlash(reply, { kind: 'done', text: words.removed(nameOf(toActorValue(ctx, follower))) })
    return reply.redirect(nextOf(request.body, profilePath(request.params.handle)), 303)
  })
}

type Asked = Readonly<{ end: FollowEnd; acct: string; place: Place }>

async function sendFollows(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  { end, acct, place }: Asked,
): Promise<FastifyReply> {
  const actor = await getByAcct(ctx, acct)
  const { viewer } = request
  if (actor.host !== null && !viewer) return reply.redirect(actorUrl(ctx.uris, actor), 302)
  const owner = toActorValue(ctx, actor)
  const isShown = mayListFollows(viewer, actor.id)
  const { rows, pager } = isShown ? await readList(ctx, actor, { end, place, path: `${owner.href}/${end}` }) : nothing
  const people = await listActors(
    ctx.db,
    rows.map(({ actorId }) => actorId),
  )
  const t = translatorFor(localeOf(request))
  const mayChange = viewer !== null && may(viewer.role, 'follow')
  return sendPage(request, reply, {
    title: titleOf(end, nameOf(owner), t),
    ...(isShown ? { current: 'profile' } : {}),
    isIndexable: false,
    body: followList(
      {
        end,
        title: titleOf(end, nameOf(owner), t),
        owner,
        count: end === 'followers' ? actor.followersCount : actor.followingCount,
        people: people.map((one) => toActorValue(ctx, one)),
        isShown,
        mayChange,
        next: request.url,
        pager,
      },
      t,
    ),
  })
}

const nothing = { rows: [], pager: { newerHref: null, olderHref: null } }

function readList(ctx: Ctx, { id: actorId }: Actor, { end, place, path }: Omit<Asked, 'acct'> & { path: string }) {
  return browse(place, {
    path,
    length: pageLength,
    read: async (page) => inListOrder(await listFollows(ctx.db, { actorId, end, state: 'accepted' }, page), page),
  })
}

function titleOf(end: FollowEnd, name: string, { reading: { follows } }: Translator): string {
  return end === 'followers' ? follows.followersOf(name) : follows.followingOf(name)
}
