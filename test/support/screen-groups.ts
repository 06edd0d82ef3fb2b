import type { Page } from 'playwright-core'
import type { Ctx, Viewer } from '#src/context.ts'
import { requestFollow } from '#src/features/follows/service.ts'
import { moderate } from '#src/features/groups/moderate.ts'
import { enterPost } from '#src/features/groups/place.ts'
import { listPlaces } from '#src/features/groups/place-queries.ts'
import { findGroupByHandle } from '#src/features/groups/queries.ts'
import { createGroup, endGroup } from '#src/features/groups/service.ts'
import { createPost } from '#src/features/posts/create.ts'
import { findPost } from '#src/features/posts/queries.ts'
import { make } from './make.ts'
import type { Screen } from './screens.ts'

const longName = 'Coopérative des moulins à eau de la vallée de l’Eyrieux, des Boutières et du Haut-Vivarais réunis'

/** Groups besides that of the demonstration: one with everything in it, one that is private, one in which there is nothing yet. */
export async function gatherGroups(ctx: Ctx, owner: Viewer, newcomer: Viewer) {
  const { id } = await createGroup(ctx, owner, {
    ...{ handle: 'moulins_de_la_vallee', name: longName, isLocked: true },
    summary: 'Meules, biefs et vannes.\n\nhttps://moulins.example/une-adresse-sans-fin-'.concat(
      'et-encore-'.repeat(12),
    ),
    rules: `On se salue.\n${'Pas-de-réclame-'.repeat(20)}\nOn cite ses sources.`,
    question: 'Quel moulin, sur quelle rivière, et depuis quand le faites-vous tourner ?',
  })
  const group = await findGroupByHandle(ctx.db, 'moulins_de_la_vallee')
  if (!group) throw new Error('the group was not made')
  const say = async (text: string, inReplyToId: string | null = null) => {
    const postId = await createPost(ctx, owner, {
      ...{ text: `@${group.handle} ${text}`, language: 'fr', visibility: 'public', inReplyToId },
    })
    const [post, [parent = null]] = await Promise.all([
      findPost(ctx.db, postId),
      inReplyToId ? listPlaces(ctx.db, inReplyToId) : [],
    ])
    if (post) await enterPost(ctx, { group, post, parent })
    return postId
  }
  const topic = await say(`${'Quellepierrepourlesmeules'.repeat(6)} ?\n\nLa nôtre est usée.`)
  await say('Du grès, toujours.', topic)
  await moderate(ctx, owner, id, { deed: 'lock', postId: topic })
  await moderate(ctx, owner, id, { deed: 'pin', postId: topic })
  for (let n = 1; n <= 21; n++) await say(`Sujet numéro ${n}`)
  const out = await say(`${'Réclame'.repeat(20)} pour des meules neuves`)
  await moderate(ctx, owner, id, { deed: 'remove', postId: out, reason: 'Pas-de-réclame-'.repeat(12) })
  await fillWithPeople(ctx, owner, id, topic)
  const secret = await createGroup(ctx, owner, { handle: 'bureau', name: 'Le bureau', isPrivate: true, isLocked: true })
  const ended = await createGroup(ctx, newcomer, { handle: 'fini', name: 'Fini' })
  await endGroup(ctx, newcomer, ended.id)
  await createGroup(ctx, newcomer, { handle: 'vide', name: 'Vide', summary: 'Rien encore.' })
  return {
    hub: `/groups/${group.handle}`,
    topic: `/@levain/${topic}`,
    out: `/@levain/${out}`,
    secret: `/groups/${secret.handle}`,
  }
}

async function fillWithPeople(ctx: Ctx, owner: Viewer, groupId: string, topic: string): Promise<void> {
  const [asker, quiet, helper, member, banned] = await Promise.all(
    ['demande', 'muette', 'aide', 'meuniere', 'bruyant'].map((handle) => make.actor(ctx, { handle, name: handle })),
  )
  if (!asker || !quiet || !helper || !member || !banned) throw new Error('somebody was not made')
  const note = `Le moulin du Pont, sur l’Eyrieux.\n${'Depuis toujours. '.repeat(12)}`
  await requestFollow(ctx, asker.viewer, { actorId: groupId, note })
  await requestFollow(ctx, quiet.viewer, { actorId: groupId })
  const far = await make.remoteActor(ctx, {
    handle: 'meunier',
    name: 'Un meunier d’ailleurs',
    host: 'ailleurs.example',
  })
  for (const followerId of [helper.actor.id, member.actor.id, far.id])
    await make.follow(ctx, { followerId, followeeId: groupId })
  await moderate(ctx, owner, groupId, { deed: 'appoint', targetId: helper.actor.id })
  const until = new Date('2031-01-04T08:00:00Z').toISOString()
  await moderate(ctx, owner, groupId, { deed: 'ban', targetId: banned.actor.id, until, reason: 'Réclame' })
  await ctx.db.$client`insert into reports (actor_id, target_id, comment, post_ids)
    values (${far.id}, ${owner.actorId}, 'Trop long', ${`{${topic}}`}::bigint[])`
}

type Groups = Awaited<ReturnType<typeof gatherGroups>>

/** The screens of groups. */
export function groupScreens({ hub, topic, out, secret }: Groups): Screen[] {
  const openFirst = (page: Page) => page.locator('.follow-way > summary').first().click()
  const openAppointing = (page: Page) =>
    page.locator('[popovertarget^="appoint-"]:not([popovertargetaction])').last().click()
  const openEnding = (page: Page) => page.locator('[popovertarget="end-group"]').first().click()
  const submit = async (page: Page) => {
    const form = page.locator('main form.form').last()
    await form.evaluate((element: HTMLFormElement) => {
      element.noValidate = true
    })
    await form.locator('button').first().click()
    await page.waitForLoadState()
  }
  return [
    { name: 'groups', who: 'stranger', path: '/groups' },
    { name: 'groups-mine', who: 'owner', path: '/groups' },
    { name: 'group', who: 'stranger', path: '/groups/pain_et_levain' },
    { name: 'group-join', who: 'newcomer', path: hub, act: openFirst },
    { name: 'group-elsewhere', who: 'stranger', path: hub, act: openFirst },
    { name: 'group-mine', who: 'owner', path: hub },
    { name: 'group-new-topic', who: 'owner', path: '/groups/pain_et_levain', act: openFirst },
    { name: 'group-empty', who: 'newcomer', path: '/groups/vide' },
    { name: 'group-private', who: 'newcomer', path: secret },
    { name: 'group-members', who: 'stranger', path: `${hub}/members` },
    { name: 'group-members-private', who: 'newcomer', path: `${secret}/members` },
    { name: 'group-about', who: 'stranger', path: `${hub}/about` },
    { name: 'group-moderation', who: 'owner', path: `${hub}/moderation?ban=%40demande` },
    { name: 'group-appointing', who: 'owner', path: `${hub}/moderation`, act: openAppointing },
    { name: 'group-moderation-wrong', who: 'owner', path: `${hub}/moderation?ban=%40personne`, act: submit },
    { name: 'group-moderation-empty', who: 'newcomer', path: '/groups/vide/moderation' },
    { name: 'group-settings', who: 'owner', path: `${hub}/settings` },
    { name: 'group-ending', who: 'owner', path: `${secret}/settings`, act: openEnding },
    { name: 'group-ended', who: 'newcomer', path: '/groups/fini', status: 410 },
    { name: 'group-settings-private', who: 'owner', path: `${secret}/settings` },
    { name: 'group-new', who: 'owner', path: '/groups/new' },
    { name: 'group-new-wrong', who: 'owner', path: '/groups/new', act: submit },
    {
      name: 'group-topic',
      who: 'owner',
      path: topic,
      act: (page) => page.locator('.place .more > summary').first().click(),
    },
    { name: 'group-topic-removed', who: 'owner', path: out },
    { name: 'group-topic-closed', who: 'newcomer', path: topic },
  ]
}
