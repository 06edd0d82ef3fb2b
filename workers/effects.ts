import type { Ctx } from '#src/context.ts'
import type { StreamEvent } from '#src/core/streams.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import {
  claimEffects,
  type EffectRow,
  listUnfinished,
  markDispatched,
  markFailed,
  markFinished,
} from '#src/db/effects.ts'
import type { EffectType } from '#src/effects.ts'
import { notifyOf } from '#src/features/notifications/service.ts'
import { toStreamEvents } from '#src/features/streams/facts.ts'
import type { QueueName, Queues } from './queues.ts'

/** What a fact causes: `notify` is written at once, `stream` is said to who is connected, the others are jobs. */
export type Consequence = 'notify' | 'stream' | 'deliver' | 'picture' | 'mail' | 'push' | 'carry'

/** The one page that says what each fact causes. */
export const consequences = {
  'actor.updated': ['deliver'],
  'actor.deleted': ['deliver'],
  'actor.moved': ['deliver'],
  'move.accepted': ['notify', 'carry'],
  'follow.requested': ['deliver', 'notify'],
  'follow.accepted': ['deliver', 'notify'],
  'follow.rejected': ['deliver', 'notify'],
  'follow.undone': ['deliver', 'notify'],
  'post.created': ['deliver', 'notify', 'stream'],
  'post.edited': ['deliver', 'notify', 'stream'],
  'post.deleted': ['deliver', 'notify', 'stream'],
  'post.pinned': ['deliver'],
  'post.unpinned': ['deliver'],
  'poll.counted': ['deliver'],
  'poll.ended': ['deliver', 'notify'],
  'vote.cast': ['deliver'],
  'product.updated': ['deliver'],
  'product.deleted': ['deliver'],
  'order.placed': ['mail', 'notify'],
  'order.received': ['mail'],
  'order.moved': ['mail'],
  'order.ended': ['mail'],
  'offer.made': ['deliver'],
  'offer.withdrawn': ['deliver'],
  'offer.accepted': ['deliver'],
  'offer.refused': ['deliver'],
  'agreement.changed': ['deliver'],
  'receipt.issued': ['deliver'],
  'schedule.failed': ['mail'],
  'boost.created': ['deliver', 'notify', 'stream'],
  'boost.undone': ['deliver', 'notify', 'stream'],
  'like.created': ['deliver', 'notify'],
  'like.undone': ['deliver', 'notify'],
  'reaction.created': ['notify'],
  'reaction.undone': ['notify'],
  'quote.requested': ['deliver', 'notify'],
  'quote.accepted': ['deliver', 'notify', 'stream'],
  'quote.rejected': ['deliver', 'notify'],
  'quote.revoked': ['deliver', 'notify', 'stream'],
  'quote.settled': ['deliver', 'stream'],
  'quotability.changed': ['deliver'],
  'reply.accepted': ['deliver'],
  'reply.refused': ['deliver', 'stream'],
  'reply.requested': ['notify'],
  'reply.admitted': ['deliver'],
  'reply.entered': ['deliver'],
  'reply.revoked': ['deliver', 'notify', 'stream'],
  'interaction.answered': ['deliver', 'notify'],
  'activity.forwarded': ['deliver'],
  'group.announced': ['deliver'],
  'group.refused': ['deliver'],
  'group.moderated': ['deliver'],
  'place.removed': ['notify'],
  'place.restored': ['notify'],
  'relay.requested': ['deliver'],
  'relay.left': ['deliver'],
  'report.created': ['notify'],
  'report.forwarded': ['deliver'],
  'tag.featured': ['deliver'],
  'tag.unfeatured': ['deliver'],
  'media.uploaded': ['picture'],
  'announcement.published': ['stream'],
  'announcement.withdrawn': ['stream'],
  'announcement.reacted': ['stream'],
  'push.requested': ['push'],
  'registration.requested': ['mail'],
  'registration.approved': ['mail'],
  'newcomer.arrived': ['notify'],
  'password.requested': ['mail'],
  'invite.created': ['mail'],
} satisfies Record<EffectType, readonly Consequence[]>

/** Facts taken in one transaction. */
const batchSize = 100

/** After this many failures a fact is parked for an operator (`cli effects replay`). */
const mostAttempts = 5

/** Works off the facts that wait: notifications are written, jobs are added under ids that follow from the fact. */
export async function dispatchEffects(ctx: Ctx, queues: Queues): Promise<void> {
  while ((await dispatchBatch(ctx, queues)) === batchSize);
}

async function dispatchBatch(ctx: Ctx, queues: Queues): Promise<number> {
  const { count, events } = await transaction(ctx.db, async (tx) => {
    const effects = await claimEffects(tx, batchSize, ctx.now())
    const told = await notifyAll(ctx, tx, effects)
    const { done, said } = told ? { done: effects, said: told } : await notifyOneByOne(ctx, tx, effects)
    const news = done.flatMap((effect) => (causes(effect).includes('stream') ? toStreamEvents(effect) : []))
    // Before the commit: a job may be added twice, under one id, but never not at all.
    await addJobs(queues, done)
    await markDispatched(tx, idsOf(done), ctx.now())
    await markFinished(tx, idsOf(done.filter((effect) => !hasJob(effect))), ctx.now())
    return { count: effects.length, events: [...said, ...news] }
  })
  await ctx.streams.publish(events)
  return count
}

/** All in one savepoint, which is enough nearly always; null when one of them failed, and then none is done. */
async function notifyAll(ctx: Ctx, tx: Tx, effects: readonly EffectRow[]): Promise<readonly StreamEvent[] | null> {
  const telling = effects.filter((effect) => causes(effect).includes('notify'))
  try {
    return await tx.transaction((savepoint) => notifyOf(ctx, savepoint, telling))
  } catch (error) {
    ctx.log.debug({ err: error }, 'facts are worked off one by one, since one of them failed')
    return null
  }
}

async function notifyOneByOne(ctx: Ctx, tx: Tx, effects: readonly EffectRow[]) {
  const done: EffectRow[] = []
  const said: StreamEvent[] = []
  for (const effect of effects) {
    const told = causes(effect).includes('notify') ? await notifyAlone(ctx, tx, effect) : []
    if (!told) continue
    done.push(effect)
    said.push(...told)
  }
  return { done, said }
}

/** Each fact in a savepoint of its own: one that cannot be worked off must not hold back the others. */
async function notifyAlone(ctx: Ctx, tx: Tx, effect: EffectRow): Promise<readonly StreamEvent[] | null> {
  try {
    return await tx.transaction((savepoint) => notifyOf(ctx, savepoint, [effect]))
  } catch (error) {
    const isLast = effect.attempts + 1 >= mostAttempts
    const retryAt = isLast ? null : new Date(ctx.now().getTime() + 1_000 * 4 ** (effect.attempts + 1))
    ctx.log[isLast ? 'error' : 'warn'](
      { err: error, effectId: effect.id, type: effect.type },
      'a fact could not be worked off',
    )
    await markFailed(tx, effect.id, { error: String(error), retryAt, now: ctx.now() })
    return null
  }
}

function causes(effect: EffectRow): readonly Consequence[] {
  const known: Record<string, readonly Consequence[]> = consequences
  // A row of a newer version, met during a rolling update, is left to the newer workers' replay.
  return known[effect.type] ?? []
}

function idsOf(effects: readonly EffectRow[]): string[] {
  return effects.map(({ id }) => id)
}

/** What a remote server told us is never sent out again; our answer to it is a fact of ours. */
const isSent = (effect: EffectRow) => effect.isLocal && causes(effect).includes('deliver')

/** Whether a job has to say that the fact is finished. A picture says so itself. */
const hasJob = (effect: EffectRow) =>
  isSent(effect) || causes(effect).some((consequence) => ['mail', 'push', 'carry'].includes(consequence))

/** Hands facts to their queues again that should have been worked off long ago: a queue may lose what it holds. */
export async function addForgottenJobs(ctx: Ctx, queues: Queues, before: Date): Promise<void> {
  await addJobs(queues, await listUnfinished(ctx.db, before, 1_000))
}

/** Parks a fact whose job failed for good, with the reason, for an operator to look at and to replay. */
export async function parkEffect(ctx: Ctx, effectId: string, error: Error): Promise<void> {
  ctx.log.error({ err: error, effectId }, 'a fact was given up')
  await markFailed(ctx.db, effectId, { error: String(error), retryAt: null, now: ctx.now() })
}

async function addJobs(queues: Queues, effects: readonly EffectRow[]): Promise<void> {
  const of = (consequence: Consequence) => effects.filter((effect) => causes(effect).includes(consequence))
  const jobId = (name: QueueName, id: string) => `${id}-${name}`
  await queues.add(
    'outbox',
    effects.filter(isSent).map(({ id }) => ({ id: jobId('outbox', id), data: { effectId: id } })),
  )
  await queues.add(
    'mail',
    of('mail').map(({ id }) => ({ id: jobId('mail', id), data: { effectId: id } })),
  )
  await queues.add(
    'push',
    of('push').map(({ id }) => ({ id: jobId('push', id), data: { effectId: id } })),
  )
  await queues.add(
    'carry',
    of('carry').map(({ id }) => ({
      id: jobId('carry', id),
      data: { effectId: id },
    })),
  )
  const pictures = of('picture').map(({ payload }) => String(payload.mediaId))
  await addPictures(queues, pictures)
}

/** Adds a job for each picture; one that has a job already keeps it: two that work on one picture would take away each other's files. */
export async function addPictures(queues: Queues, mediaIds: readonly string[]): Promise<void> {
  await queues.add(
    'media',
    mediaIds.map((mediaId) => ({ id: `${mediaId}-media`, data: { mediaId } })),
  )
}
