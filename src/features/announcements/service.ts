import type { Ctx, Viewer } from '#src/context.ts'
import { listAnchors } from '#src/core/hypertext.ts'
import { isId } from '#src/core/ids.ts'
import { recordAct } from '#src/db/audit.ts'
import { transaction } from '#src/db/client.ts'
import type { AnnouncementNames } from '#src/db/schema/announcements.ts'
import { emit } from '#src/effects.ts'
import { invalid, notFound } from '#src/errors.ts'
import { actorUrl } from '#src/features/actors/entity.ts'
import { listActors } from '#src/features/actors/queries.ts'
import { listEmojisIn } from '#src/features/emoji/service.ts'
import { composeText } from '#src/features/posts/compose.ts'
import { findVisiblePost } from '#src/features/posts/queries.ts'
import {
  findAnnouncement,
  insertAnnouncement,
  insertDismissal,
  lockAnnouncement,
  markWithdrawn,
  updateAnnouncement,
  withdrawOver,
} from './queries.ts'

/** Characters of an announcement. */
const mostCharacters = 5_000

/** What is announced, and when it takes place. */
export type AnnouncementDraft = Readonly<{
  text: string
  startsAt: Date | null
  endsAt: Date | null
  /** Only the days of both count. */
  isAllDay: boolean
}>

/**
 * Tells everybody who signs in here something, in the name of those who run the instance.
 * @returns its id
 * @throws Problem `invalid`
 */
export async function publishAnnouncement(ctx: Ctx, draft: AnnouncementDraft): Promise<string> {
  const { text, startsAt, endsAt, isAllDay } = draft
  if (startsAt && endsAt && endsAt < startsAt) throw invalid('The end is before the beginning')
  if (isAllDay && !startsAt && !endsAt) throw invalid('Say which days are meant')
  const rendered = await render(ctx, text)
  return transaction(ctx.db, async (tx) => {
    const now = ctx.now()
    const row = { ...rendered, startsAt, endsAt, isAllDay, publishedAt: now, updatedAt: now }
    const id = await insertAnnouncement(tx, row)
    if (!(await findAnnouncement(tx, id, now))) throw invalid('The end is past: nobody would be shown it')
    await recordAct(tx, { viewer: null, action: 'announcement.published', subjectId: id })
    await emit(tx, { type: 'announcement.published', announcementId: id })
    return id
  })
}

/** Changes what an announcement says; who has read it is not shown it again. False when it is not announced. */
export async function editAnnouncement(ctx: Ctx, id: string, text: string): Promise<boolean> {
  const rendered = await render(ctx, text)
  return transaction(ctx.db, async (tx) => {
    if (!(await lockAnnouncement(tx, id, ctx.now()))) return false
    await updateAnnouncement(tx, id, { ...rendered, updatedAt: ctx.now() })
    await recordAct(tx, { viewer: null, action: 'announcement.edited', subjectId: id })
    await emit(tx, { type: 'announcement.published', announcementId: id })
    return true
  })
}

/** Takes an announcement back. False when it is not announced. */
export async function withdrawAnnouncement(ctx: Ctx, id: string): Promise<boolean> {
  if (!isId(id)) return false
  return transaction(ctx.db, async (tx) => {
    if (!(await markWithdrawn(tx, id, ctx.now()))) return false
    await recordAct(tx, { viewer: null, action: 'announcement.withdrawn', subjectId: id })
    await emit(tx, { type: 'announcement.withdrawn', announcementId: id })
    return true
  })
}

/** Tells of announcements that are over. */
export async function endAnnouncements(ctx: Ctx): Promise<void> {
  await transaction(ctx.db, async (tx) => {
    for (const id of await withdrawOver(tx, ctx.now()))
      await emit(tx, { type: 'announcement.withdrawn', announcementId: id })
  })
}

/** Notes that a person has read an announcement. @throws Problem `notFound` */
export async function dismissAnnouncement(ctx: Ctx, who: Pick<Viewer, 'userId'>, id: string): Promise<void> {
  await transaction(ctx.db, async (tx) => {
    if (!(await findAnnouncement(tx, id, ctx.now()))) throw notFound()
    await insertDismissal(tx, { userId: who.userId, announcementId: id })
  })
}

async function render(ctx: Ctx, text: string): Promise<{ content: string; names: AnnouncementNames }> {
  if (text.trim() === '') throw invalid('The announcement says nothing')
  if (text.length > mostCharacters) throw invalid(`An announcement has ${mostCharacters} characters at the most`)
  const { content, mentionIds, hashtags } = await composeText(ctx, text)
  const actors = await listActors(ctx.db, mentionIds)
  const mentions = actors.map((actor) => ({
    id: actor.id,
    username: actor.handle,
    url: actorUrl(ctx.uris, actor),
    acct: actor.host === null ? actor.handle : `${actor.handle}@${actor.host}`,
  }))
  const tags = hashtags.map(({ name, label }) => ({ name: label, url: ctx.uris.tag(name) }))
  const emojis = await listEmojisIn(ctx, ctx.db, { texts: [text] })
  return { content, names: { mentions, tags, emojis, statuses: await listLinkedPosts(ctx, content) } }
}

/** Posts of ours, for everybody, to which a text links. */
async function listLinkedPosts(ctx: Ctx, content: string): Promise<AnnouncementNames['statuses']> {
  const statuses = new Map<string, { id: string; url: string }>()
  for (const { href } of listAnchors(content)) {
    const target = ctx.uris.read(href)
    const post = target?.kind === 'post' ? await findVisiblePost(ctx.db, null, target.id) : null
    if (post && target?.kind === 'post') {
      statuses.set(post.id, { id: post.id, url: ctx.uris.postPage(target.handle, post.id) })
    }
  }
  return [...statuses.values()]
}
