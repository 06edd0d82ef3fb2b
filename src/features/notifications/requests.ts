import type { Ctx, Viewer } from '#src/context.ts'
import { isId } from '#src/core/ids.ts'
import type { StreamEvent } from '#src/core/streams.ts'
import { recordAct } from '#src/db/audit.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { notFound } from '#src/errors.ts'
import { type Account, toAccount } from '#src/features/actors/entity.ts'
import { listActors } from '#src/features/actors/queries.ts'
import { filePost } from '#src/features/conversations/write-queries.ts'
import { loadStatuses, type Status } from '#src/features/posts/entity.ts'
import { requireCaring } from './policy.ts'
import { type NotificationPolicy, putPolicy } from './policy-queries.ts'
import { allowSenders, dismissSenders, findRequests, type RequestRow } from './request-queries.ts'

/** @see https://docs.joinmastodon.org/entities/NotificationRequest/ */
export type NotificationRequest = Readonly<{
  id: string
  created_at: string
  updated_at: string
  notifications_count: string
  account: Account
  last_status: Status | null
}>

/** Requests as clients read them. */
export async function loadRequests(
  ctx: Ctx,
  actorId: string,
  rows: readonly RequestRow[],
): Promise<NotificationRequest[]> {
  const [senders, statuses] = await Promise.all([
    listActors(
      ctx.db,
      rows.map(({ fromActorId }) => fromActorId),
    ),
    loadStatuses(
      ctx,
      actorId,
      rows.flatMap(({ lastPostId }) => lastPostId ?? []),
    ),
  ])
  return rows.flatMap((row) => {
    const sender = senders.find(({ id }) => id === row.fromActorId)
    if (!sender) return []
    return {
      id: row.id,
      created_at: row.createdAt.toISOString(),
      updated_at: row.updatedAt.toISOString(),
      notifications_count: String(row.count),
      account: toAccount(ctx, sender),
      last_status: statuses.find(({ id }) => id === row.lastPostId) ?? null,
    }
  })
}

/** What an actor decides about those who wait: to let them through for good, or to forget what they sent. */
export type Judgement = 'accept' | 'dismiss'

const judge: Record<Judgement, (tx: Tx, actorId: string, senders: readonly string[]) => Promise<StreamEvent[]>> = {
  accept: letIn,
  dismiss: (tx, actorId, senders) => dismissSenders(tx, actorId, senders).then(() => []),
}

/** What was held back becomes what it would have been; clients look at the whole list again. */
async function letIn(tx: Tx, actorId: string, senders: readonly string[]): Promise<StreamEvent[]> {
  const events: StreamEvent[] = [{ event: 'notifications_merged', actorId }]
  for (const postId of await allowSenders(tx, actorId, senders)) events.push(...(await filePost(tx, postId, [actorId])))
  return events
}

/** Judges requests of the viewer's actor, all or none. @throws Problem `notFound` when one of them is not there */
export async function judgeRequests(
  ctx: Ctx,
  viewer: Viewer,
  judgement: Judgement,
  ids: readonly string[],
): Promise<void> {
  requireCaring(viewer)
  const wanted = [...new Set(ids)]
  const events = await transaction(ctx.db, async (tx) => {
    const rows = await findRequests(tx, viewer.actorId, wanted.filter(isId))
    if (rows.length < wanted.length || rows.length === 0) throw notFound()
    const senders = rows.map(({ fromActorId }) => fromActorId)
    return judge[judgement](tx, viewer.actorId, senders)
  })
  await ctx.streams.publish(events)
}

/** Changes by whom the viewer's actor wants to be told things. */
export async function changePolicy(ctx: Ctx, viewer: Viewer, changes: Partial<NotificationPolicy>): Promise<void> {
  requireCaring(viewer)
  await transaction(ctx.db, async (tx) => {
    await putPolicy(tx, viewer.actorId, changes)
    await recordAct(tx, { viewer, action: 'notifications.policy', subjectId: viewer.actorId, details: changes })
  })
}
