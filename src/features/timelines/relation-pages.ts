import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx, Viewer } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { getByAcct } from '#src/features/actors/naming.ts'
import type { Actor } from '#src/features/actors/queries.ts'
import { toActorValue } from '#src/features/actors/views.ts'
import { getRelation, type Relation } from '#src/features/follows/relation-queries.ts'
import { listLists, listListsWith } from '#src/features/lists/queries.ts'
import { longestNote } from '#src/features/notes/service.ts'
import { may } from '#src/features/teams/policy.ts'
import { actingViewer } from '#src/http/auth.ts'
import type { App } from '#src/http/zod.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { nameOf } from '#src/web/components/actor.ts'
import type { MenuItem } from '#src/web/components/more-menu.ts'
import { type RelationValue, relationForms } from '#src/web/components/relation-forms.ts'
import { sendPage } from '#src/web/frame.ts'
import { paths, profilePath } from '#src/web/paths.ts'

const params = z.object({ handle: z.string() })

/** What the viewer's identity keeps about another: note, lists, mute, block. */
export function registerRelationPages(app: App, ctx: Ctx): void {
  const options = { config: { access: 'session' }, schema: { params } } as const
  app.get('/@:handle/relation', options, (request, reply) => sendRelation(ctx, request, reply, request.params.handle))
}

async function sendRelation(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  handle: string,
): Promise<FastifyReply> {
  const viewer = actingViewer(request)
  const actor = await getByAcct(ctx, handle)
  // Nothing is between somebody and themselves.
  if (actor.id === viewer.actorId) return reply.redirect(profilePath(handle), 303)
  const [relation, all, present] = await Promise.all([
    getRelation(ctx.db, viewer.actorId, actor.id),
    listLists(ctx.db, viewer.actorId),
    listListsWith(ctx.db, viewer.actorId, actor.id),
  ])
  const isIn = new Set(present.map(({ id }) => id))
  const lists = all.map(({ id, title }) => ({ id, title, isIn: isIn.has(id) }))
  const t = translatorFor(localeOf(request))
  const value = toRelationValue(ctx, { viewer, actor, relation, lists })
  return sendPage(request, reply, {
    title: t.relations.title(nameOf(value.actor)),
    isIndexable: false,
    body: relationForms(value, t),
  })
}

type Between = Readonly<{
  viewer: Viewer
  actor: Actor
  relation: Relation
  lists: NonNullable<RelationValue['lists']>
}>

function toRelationValue(ctx: Ctx, { viewer, actor, relation, lists }: Between): RelationValue {
  const { mine, kept } = relation
  const isFollowed = mine?.state === 'accepted' || mine?.state === 'pending'
  return {
    actor: toActorValue(ctx, actor),
    note: may(viewer.role, 'react') ? kept.note : null,
    maxNoteCharacters: longestNote,
    mayRelate: may(viewer.role, 'follow'),
    lists: isFollowed ? lists : null,
    mute: kept.mute && { endsAt: kept.mute.expiresAt },
    isFollower: relation.theirs === 'accepted',
    isBlocked: relation.isBlocking,
    host: actor.host === null ? null : { name: actor.host, isShunned: kept.isShunningHost },
    reportHref: `${paths.report}?account=${actor.id}`,
  }
}

/** What can be done about somebody on their profile, and what is remembered; nothing about oneself, or for visitors. */
export function toAbout(
  { viewer, actor, relation }: Readonly<{ viewer: Viewer | null; actor: Actor; relation: Relation | null }>,
  words: ReturnType<typeof translatorFor>['relations'],
): Readonly<{ note: string; isBlocked: boolean; isMuted: boolean; items: readonly MenuItem[] }> | null {
  if (!viewer || !relation || viewer.actorId === actor.id) return null
  const path = profilePath(actor.host === null ? actor.handle : `${actor.handle}@${actor.host}`)
  const isMuted = relation.kept.mute !== null
  const { isBlocking: isBlocked } = relation
  const items: MenuItem[] = may(viewer.role, 'follow')
    ? [
        isMuted
          ? { label: words.unmute, icon: 'covered', action: `${path}/unmute` }
          : { label: words.mute, icon: 'covered', action: `${path}/mute`, fields: { notifications: 'true' } },
        isBlocked
          ? { label: words.unblock, icon: 'close', action: `${path}/unblock` }
          : { label: words.block, icon: 'close', href: `${path}/relation#block` },
      ]
    : []
  const rest: MenuItem[] = [
    { label: words.menu, icon: 'edit', href: `${path}/relation` },
    { label: words.report, icon: 'warning', href: `${paths.report}?account=${actor.id}` },
  ]
  return { note: relation.kept.note, isBlocked, isMuted, items: [...items, ...rest] }
}
