import { sql } from 'drizzle-orm'
import type { Page } from 'playwright-core'
import type { Ctx, Viewer } from '#src/context.ts'
import { getActor } from '#src/features/actors/queries.ts'
import { blockActor } from '#src/features/blocks/service.ts'
import { shunHost } from '#src/features/blocks/shun.ts'
import { createFilter } from '#src/features/filters/service.ts'
import { addMembers, createList } from '#src/features/lists/service.ts'
import { addAlias } from '#src/features/moves/aliases.ts'
import { moveActor } from '#src/features/moves/service.ts'
import { muteActor } from '#src/features/mutes/service.ts'
import { writeNote } from '#src/features/notes/service.ts'
import { boostPost } from '#src/features/posts/boost.ts'
import { createPost } from '#src/features/posts/create.ts'
import { keepPost } from '#src/features/reactions/keeping.ts'
import { likePost } from '#src/features/reactions/service.ts'
import { createReport } from '#src/features/reports/service.ts'
import { insertRule, listRules } from '#src/features/rules/queries.ts'
import { eventually } from './eventually.ts'
import { make } from './make.ts'

const longTitle = 'Boulangeries, moulins et fours banals des deux rives du Rhône, de Lyon jusqu’à la mer'

/** What an owner keeps about others and was told by them, with the addresses at which it is seen. */
export async function relate(ctx: Ctx, owner: Viewer, newcomer: Viewer) {
  const [muted, blocked, stranger] = await Promise.all([
    make.actor(ctx, { handle: 'muet', name: 'Muet' }),
    make.actor(ctx, { handle: 'banni', name: 'Banni' }),
    make.actor(ctx, { handle: 'inconnue', name: 'Inconnue' }),
  ])
  await make.follow(ctx, { followerId: owner.actorId, followeeId: newcomer.actorId })
  await make.follow(ctx, { followerId: newcomer.actorId, followeeId: owner.actorId })
  const mute = { actorId: muted.actor.id, hidesNotifications: true }
  await muteActor(ctx, owner, { ...mute, durationMs: 86_400_000 })
  await blockActor(ctx, owner, blocked.actor.id)
  await shunHost(ctx, owner, 'un-nom-de-serveur-bien-long-et-sans-aucune-coupure.example')
  await writeNote(ctx, owner, { aboutId: newcomer.actorId, comment: 'Rencontrée au marché.\nVeut du levain.' })
  await insertRule(ctx.db, { text: 'Restez courtois, même quand le pain est trop cuit.', hint: '' })
  const list = await createList(ctx, owner, { title: longTitle })
  await addMembers(ctx, owner, { listId: list.id, memberIds: [newcomer.actorId] })
  const filterId = await createFilter(ctx, owner, {
    title: 'Réclames',
    contexts: ['home', 'public'],
    action: 'warn',
    expiresAt: new Date(ctx.now().getTime() + 86_400_000),
    keywords: ['soldes', 'promotion exceptionnelle'].map((keyword) => ({ keyword, isWholeWord: true })),
  })
  const reported = await complain(ctx, owner, newcomer)
  const answered = await speak(ctx, { owner, newcomer, stranger: stranger.viewer })
  await hear(ctx, owner.actorId)
  return {
    list: `/lists/${list.id}`,
    filter: `/settings/filters/${filterId}`,
    muted: '/@muet',
    blocked: '/@banni',
    reported: `/reports/${reported}`,
    report: `/report?account=${newcomer.actorId}&post=${answered}`,
  }
}

/** Somebody reports a post to the owner, who runs the instance from now on; the id of the report. */
async function complain(ctx: Ctx, { userId }: Viewer, newcomer: Viewer): Promise<string> {
  await ctx.db.$client`update users set is_admin = true where id = ${userId}`
  const rude = await make.actor(ctx, { handle: 'rude', name: 'Rude' })
  const postId = await createPost(ctx, rude.viewer, { text: 'Votre pain est une honte.', language: 'fr' })
  const rules = await listRules(ctx.db)
  const { id } = await createReport(ctx, newcomer, {
    targetId: rude.actor.id,
    postIds: [postId],
    ruleIds: rules.map((rule) => rule.id),
    comment: 'Ce n’est pas la première fois.\nMerci de regarder.',
    category: 'violation',
    isForwarded: false,
  })
  return id
}

/**
 * One identity has moved to another, and a follower is told of it; this one names former accounts, one of which nobody here knows.
 */
export async function moveAway(
  ctx: Ctx,
  { from, to, owner }: Readonly<Record<'from' | 'to' | 'owner', Viewer>>,
): Promise<void> {
  const [old, next] = [await getActor(ctx.db, from.actorId), await getActor(ctx.db, to.actorId)]
  await make.follow(ctx, { followerId: owner.actorId, followeeId: old.id })
  await addAlias(ctx, { actorId: next.id, viewer: to }, old.handle)
  await moveActor(ctx, { actorId: old.id, viewer: from }, next.handle)
  await addAlias(ctx, { actorId: owner.actorId, viewer: owner }, next.handle)
  const unknown = JSON.stringify([`https://there.example/users/${'un-nom-sans-coupure-'.repeat(6)}fin`])
  await ctx.db.execute(
    sql`update actors set also_known_as = also_known_as || ${unknown}::jsonb where id = ${owner.actorId}`,
  )
}

type Speakers = Readonly<Record<'owner' | 'newcomer' | 'stranger', Viewer>>

/** What they say to each other; the id of the post that may be reported. */
async function speak(ctx: Ctx, { owner, newcomer, stranger }: Speakers): Promise<string> {
  const say = (who: Viewer, text: string, visibility: 'public' | 'direct' = 'public') =>
    createPost(ctx, who, { text, visibility, language: 'fr' })
  const liked = await say(owner, 'Le pain de seigle est de retour, tous les mardis.')
  for (const who of [newcomer, stranger]) await likePost(ctx, who, liked)
  await boostPost(ctx, newcomer, liked)
  const answered = await say(newcomer, '@levain À quelle heure ouvrez-vous mardi ?')
  const passedOn = await say(stranger, `Une adresse à retenir : https://example.org/${'sans-coupure-'.repeat(12)}`)
  await boostPost(ctx, newcomer, passedOn)
  await say(newcomer, 'Grande promotion exceptionnelle chez nous.')
  for (const id of [answered, passedOn]) {
    await keepPost(ctx, owner, 'bookmark', id)
    await likePost(ctx, owner, id)
  }
  await say(newcomer, '@levain Entre nous : la recette est dans le tiroir.', 'direct')
  await say(stranger, '@levain Bonjour, nous ne nous connaissons pas encore.', 'direct')
  return answered
}

/** Waits until the workers have told of everything. */
async function hear(ctx: Ctx, actorId: string): Promise<void> {
  await eventually(async () => {
    const [found] = await ctx.db.$client<{ told: number; waiting: number; talks: number }[]>`select
      (select count(*)::int from notifications where actor_id = ${actorId} and not is_filtered) as told,
      (select count(*)::int from notification_requests where actor_id = ${actorId}) as waiting,
      (select count(*)::int from direct_conversations where actor_id = ${actorId}) as talks`
    if (!found || found.told < 5 || found.waiting < 1 || found.talks < 1) throw new Error('not all has been told yet')
  })
}

type Places = Awaited<ReturnType<typeof relate>> & Readonly<{ far: string; glazes: string }>

/** The screens of what is between people, and of what an identity reads. */
export function relationScreens({ list, filter, muted, blocked, report, reported, far, glazes }: Places) {
  const [who, newcomer, stranger] = ['owner', 'newcomer', 'stranger'] as const
  return [
    { name: 'notifications', who, path: '/notifications' },
    { name: 'notifications-seen', who, path: '/notifications' },
    { name: 'notifications-held', who, path: '/notifications/requests' },
    { name: 'notifications-held-empty', who: newcomer, path: '/notifications/requests' },
    { name: 'notifications-policy', who, path: '/settings/notifications' },
    { name: 'home-empty', who: 'planner', path: '/' },
    { name: 'notifications-empty', who: 'planner', path: '/notifications' },
    { name: 'public', who, path: '/public' },
    { name: 'public-everywhere', who, path: '/public?from=everywhere' },
    { name: 'public-stranger', who: stranger, path: '/public' },
    { name: 'about', who, path: '/about' },
    { name: 'search', who, path: '/search' },
    { name: 'search-found', who, path: '/search?q=pain' },
    { name: 'search-posts', who, path: '/search?q=pain&type=posts' },
    { name: 'search-people', who, path: '/search?q=levain&type=people' },
    { name: 'search-nothing', who, path: '/search?q=qqqqqqqq' },
    { name: 'search-stranger', who: stranger, path: '/search?q=levain' },
    { name: 'lists', who, path: '/lists' },
    { name: 'lists-empty', who: newcomer, path: '/lists' },
    { name: 'list', who, path: list },
    { name: 'list-edit', who, path: `${list}/edit` },
    { name: 'bookmarks', who, path: '/bookmarks' },
    { name: 'bookmarks-empty', who: 'planner', path: '/bookmarks' },
    { name: 'favourites', who, path: '/favourites' },
    { name: 'conversations', who, path: '/conversations' },
    { name: 'conversations-empty', who: 'planner', path: '/conversations' },
    { name: 'filters', who, path: '/settings/filters' },
    { name: 'filters-empty', who: newcomer, path: '/settings/filters' },
    { name: 'filter-new', who, path: '/settings/filters/new' },
    { name: 'filter', who, path: filter },
    { name: 'muted', who, path: '/settings/muted' },
    { name: 'muted-empty', who: newcomer, path: '/settings/muted' },
    { name: 'blocked', who, path: '/settings/blocked' },
    { name: 'blocked-empty', who: newcomer, path: '/settings/blocked' },
    { name: 'move', who, path: '/settings/move' },
    { name: 'move-empty', who: newcomer, path: '/settings/move' },
    { name: 'move-away', who: 'planner', path: '/settings/move' },
    { name: 'profile-muted', who, path: muted },
    { name: 'profile-blocked', who, path: blocked },
    { name: 'relation', who, path: '/@neuf/relation' },
    { name: 'relation-muted', who, path: `${muted}/relation` },
    { name: 'relation-far', who, path: `${far}/relation` },
    { name: 'followers', who, path: '/@levain/followers' },
    { name: 'following', who, path: '/@levain/following' },
    { name: 'followers-hidden', who: newcomer, path: '/@levain/followers' },
    { name: 'report', who, path: report },
    { name: 'reported', who, path: reported },
    {
      name: 'profile-menu',
      who,
      path: '/@neuf',
      act: (page: Page) => page.locator('.more-menu__summary').first().click(),
    },
    { name: 'post-menu', who, path: glazes, act: (page: Page) => page.locator('.more-menu__summary').first().click() },
  ] as const
}
