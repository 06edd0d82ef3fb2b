import type { Ctx, Viewer } from '#src/context.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { emit } from '#src/effects.ts'
import { conflict, Problem } from '#src/errors.ts'
import { findRole } from '#src/features/oauth/queries.ts'
import { unholdPictures } from '#src/features/posts/attachment-queries.ts'
import { createPost } from '#src/features/posts/create.ts'
import {
  deleteScheduled,
  listDue,
  lockDue,
  markFailure,
  postpone,
  type ScheduledPost,
  type ScheduleFailure,
} from './queries.ts'

/** Posts taken at once, and published side by side: one that waits for another server must not hold up the others. */
const batchSize = 100
const lanesAtOnce = 8

/** After this many failures of ours the author is told. */
const mostAttempts = 5

/**
 * Publishes what is due, each once, whoever runs this and however often: the row goes in the transaction that writes the post. What cannot
 * be published stays, and its author is told.
 */
export async function publishDue(ctx: Ctx): Promise<void> {
  while ((await publishBatch(ctx)) === batchSize);
}

async function publishBatch(ctx: Ctx): Promise<number> {
  const due = await listDue(ctx.db, ctx.now(), batchSize)
  const waiting = [...due]
  const lanes = Array.from({ length: lanesAtOnce }, async () => {
    for (let row = waiting.shift(); row; row = waiting.shift()) await publishOne(ctx, row)
  })
  await Promise.all(lanes)
  return due.length
}

async function publishOne(ctx: Ctx, row: ScheduledPost): Promise<void> {
  try {
    const viewer = await findAuthor(ctx, row)
    if (!viewer) return await fail(ctx, row, 'role')
    const { appId, idempotencyKey, draft } = row
    await createPost(ctx, viewer, { ...draft, appId, idempotencyKey }, (tx) => take(ctx, tx, row.id))
    // The same sending may have been published already without a time; then it was not taken.
    await transaction(ctx.db, (tx) => deleteScheduled(tx, row.id))
  } catch (error) {
    if (error instanceof Problem && error.code === 'conflict') return
    if (error instanceof Problem && error.status < 500) return fail(ctx, row, failureOf(error))
    await tryAgain(ctx, row, error)
  }
}

/** Whoever wrote it, with the role of today. */
async function findAuthor(ctx: Ctx, { userId, actorId, appId }: ScheduledPost): Promise<Viewer | null> {
  const role = userId && (await findRole(ctx.db, userId, actorId))
  return userId && role ? { userId, actorId, role, scopes: [], appId } : null
}

/** @throws Problem `conflict` when another worker was first, or the author has given it another time */
async function take(ctx: Ctx, tx: Tx, id: string): Promise<void> {
  if (!(await lockDue(tx, id, ctx.now()))) throw conflict('The post is no longer due')
  await unholdPictures(tx, id, ctx.now())
  await deleteScheduled(tx, id)
}

function failureOf({ code, details }: Problem): ScheduleFailure {
  if (code === 'forbidden') return 'role'
  if (code === 'not_found' || details?.in_reply_to_id) return 'parent'
  return details?.media_ids ? 'pictures' : 'content'
}

async function fail(ctx: Ctx, row: ScheduledPost, failure: ScheduleFailure): Promise<void> {
  await transaction(ctx.db, async (tx) => {
    if (!(await markFailure(tx, row.id, failure, ctx.now()))) return
    await emit(tx, { type: 'schedule.failed', scheduledPostId: row.id })
  })
}

/** A fault of ours, or a database that is away for a moment: the author can do nothing about it. */
async function tryAgain(ctx: Ctx, row: ScheduledPost, error: unknown): Promise<void> {
  const isLast = row.attempts + 1 >= mostAttempts
  const facts = { err: error, scheduledPostId: row.id, attempts: row.attempts + 1 }
  ctx.log[isLast ? 'error' : 'warn'](facts, 'a scheduled post could not be published')
  if (isLast) return fail(ctx, row, 'other')
  const retryAt = new Date(ctx.now().getTime() + 1_000 * 2 ** row.attempts)
  await transaction(ctx.db, (tx) => postpone(tx, row.id, retryAt))
}
