import type { Ctx, Viewer } from '#src/context.ts'
import { recordAct } from '#src/db/audit.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import type { ScheduledDraft } from '#src/db/schema/schedule.ts'
import { lockByName } from '#src/db/tombstones.ts'
import { notFound } from '#src/errors.ts'
import { holdPictures, unholdPictures } from '#src/features/posts/attachment-queries.ts'
import {
  createPost,
  type Draft,
  type PreparedDraft,
  prepareDraft,
  settleDraft,
  submissionMs,
} from '#src/features/posts/create.ts'
import { takePictures } from '#src/features/posts/pictures.ts'
import { checkCounts, checkMoment, requireScheduler } from './policy.ts'
import {
  countScheduled,
  deleteScheduled,
  findByKey,
  findScheduled,
  insertScheduled,
  moveScheduled,
  type ScheduledPost,
} from './queries.ts'

/** What became of a post with a time: it waits, or it was published at once since its time is past. */
export type Scheduling = Readonly<{ scheduledId: string } | { postId: string }>

/**
 * Schedules a post of the viewer's actor. A time that is past publishes it at once, as Mastodon does. The same key gives the same post
 * back, whether it waits or has been published meanwhile.
 * @throws Problem `invalid` for a time less than five minutes ahead and for too many posts; otherwise as `createPost`
 */
export async function schedulePost(ctx: Ctx, viewer: Viewer, draft: Draft, at: Date): Promise<Scheduling> {
  const sending = draft.idempotencyKey ? { ...viewer, key: draft.idempotencyKey } : null
  const since = new Date(ctx.now().getTime() - submissionMs)
  const earlier = sending && (await findByKey(ctx.db, sending, since))
  if (earlier) return { scheduledId: earlier }
  if (at <= ctx.now()) return { postId: await createPost(ctx, viewer, draft) }
  checkMoment(at, ctx.now())
  const prepared = await prepareDraft(ctx, viewer, draft)
  return transaction(ctx.db, async (tx) => {
    await lockByName(tx, `schedule ${viewer.actorId}`)
    // Asked again under the lock: the same thing may have been sent twice at once.
    const meanwhile = sending && (await findByKey(tx, sending, since))
    if (meanwhile) return { scheduledId: meanwhile }
    const scheduledId = await write(ctx, tx, { viewer, draft, prepared, at })
    return { scheduledId }
  })
}

type Writing = Readonly<{ viewer: Viewer; draft: Draft; prepared: PreparedDraft; at: Date }>

async function write(ctx: Ctx, tx: Tx, { viewer, draft, prepared, at }: Writing): Promise<string> {
  const { actorId, userId, appId } = viewer
  checkCounts(await countScheduled(tx, { actorId, at, exceptId: null }))
  const pictures = await takePictures(tx, { actorId, postId: null, ids: draft.mediaIds ?? [] })
  const id = await insertScheduled(tx, {
    actorId,
    userId,
    appId: draft.appId ?? appId,
    scheduledAt: at,
    draft: { ...(await toScheduled(tx, viewer, draft, prepared)), mediaIds: pictures },
    idempotencyKey: draft.idempotencyKey ?? null,
    createdAt: ctx.now(),
  })
  await holdPictures(tx, id, pictures)
  await recordAct(tx, { viewer, action: 'post.scheduled', subjectId: id })
  return id
}

async function toScheduled(
  tx: Tx,
  viewer: Viewer,
  draft: Draft,
  prepared: PreparedDraft,
): Promise<Omit<ScheduledDraft, 'mediaIds'>> {
  const { parent, quotable, poll } = prepared
  return {
    text: draft.text,
    spoilerText: draft.spoilerText ?? '',
    ...(await settleDraft(tx, viewer, draft, prepared)),
    quotedId: quotable?.post.id ?? null,
    inReplyToId: parent?.id ?? null,
    ...(draft.products?.length ? { products: [...draft.products] } : {}),
    poll: poll && { ...poll, options: [...poll.options] },
  }
}

/** One of the viewer's actor. @throws Problem `notFound`, `forbidden` for roles that do not publish */
export async function getScheduled(ctx: Ctx, viewer: Viewer, id: string): Promise<ScheduledPost> {
  requireScheduler(viewer)
  const row = await findScheduled(ctx.db, viewer.actorId, id)
  if (!row) throw notFound()
  return row
}

/**
 * Gives a scheduled post another time; one that could not be published is tried again then.
 * @throws Problem `invalid` as `schedulePost`; `notFound` also when it has been published meanwhile
 */
export async function reschedule(ctx: Ctx, viewer: Viewer, id: string, at: Date): Promise<void> {
  await getScheduled(ctx, viewer, id)
  checkMoment(at, ctx.now())
  const { actorId } = viewer
  await transaction(ctx.db, async (tx) => {
    await lockByName(tx, `schedule ${actorId}`)
    checkCounts(await countScheduled(tx, { actorId, at, exceptId: id }))
    if (!(await moveScheduled(tx, id, at))) throw notFound()
    await recordAct(tx, { viewer, action: 'post.rescheduled', subjectId: id })
  })
}

/** Gives a scheduled post up; its pictures are free again. @throws Problem `notFound` also when it has been published meanwhile */
export async function cancelScheduled(ctx: Ctx, viewer: Viewer, id: string): Promise<void> {
  await getScheduled(ctx, viewer, id)
  await transaction(ctx.db, async (tx) => {
    await unholdPictures(tx, id, ctx.now())
    if (!(await deleteScheduled(tx, id))) throw notFound()
    await recordAct(tx, { viewer, action: 'post.unscheduled', subjectId: id })
  })
}
