import type { Ctx } from '#src/context.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { claimEffects, type EffectRow, markDispatched, markFailed } from '#src/db/effects.ts'
import type { EffectType } from '#src/effects.ts'
import { notifyOf } from '#src/features/notifications/service.ts'
import type { QueueName, Queues } from './queues.ts'

/** What a fact causes: `notify` is written at once, the others are jobs. */
export type Consequence = 'notify' | 'deliver' | 'picture' | 'mail'

/** The one page that says what each fact causes. */
export const consequences = {
  'actor.updated': ['deliver'],
  'actor.deleted': ['deliver'],
  'follow.requested': ['deliver', 'notify'],
  'follow.accepted': ['deliver', 'notify'],
  'follow.rejected': ['deliver', 'notify'],
  'follow.undone': ['deliver', 'notify'],
  'post.created': ['deliver', 'notify'],
  'post.edited': ['deliver', 'notify'],
  'post.deleted': ['deliver', 'notify'],
  'boost.created': ['deliver', 'notify'],
  'boost.undone': ['deliver', 'notify'],
  'like.created': ['deliver', 'notify'],
  'like.undone': ['deliver', 'notify'],
  'media.uploaded': ['picture'],
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
  return transaction(ctx.db, async (tx) => {
    const effects = await claimEffects(tx, batchSize, ctx.now())
    const done: EffectRow[] = []
    for (const effect of effects) {
      if (await isNotified(ctx, tx, effect)) done.push(effect)
    }
    // Before the commit: a job may be added twice, under one id, but never not at all.
    await addJobs(queues, done)
    await markDispatched(
      tx,
      done.map(({ id }) => id),
      ctx.now(),
    )
    return effects.length
  })
}

/** Each fact in a savepoint of its own: one that cannot be worked off must not hold back the others. */
async function isNotified(ctx: Ctx, tx: Tx, effect: EffectRow): Promise<boolean> {
  if (!causes(effect).includes('notify')) return true
  try {
    await tx.transaction((savepoint) => notifyOf(ctx, savepoint, effect))
    return true
  } catch (error) {
    const isLast = effect.attempts + 1 >= mostAttempts
    const retryAt = isLast ? null : new Date(ctx.now().getTime() + 1_000 * 4 ** (effect.attempts + 1))
    ctx.log[isLast ? 'error' : 'warn'](
      { err: error, effectId: effect.id, type: effect.type },
      'a fact could not be worked off',
    )
    await markFailed(tx, effect.id, { error: String(error), retryAt, now: ctx.now() })
    return false
  }
}

function causes(effect: EffectRow): readonly Consequence[] {
  const known: Record<string, readonly Consequence[]> = consequences
  // A row of a newer version, met during a rolling update, is left to the newer workers' replay.
  return known[effect.type] ?? []
}

async function addJobs(queues: Queues, effects: readonly EffectRow[]): Promise<void> {
  const of = (consequence: Consequence) => effects.filter((effect) => causes(effect).includes(consequence))
  const jobId = (name: QueueName, id: string) => `${id}-${name}`
  // What a remote server told us is never sent out again, but for our own answer to it.
  const outgoing = of('deliver').filter((effect) => effect.isLocal)
  await queues.add(
    'outbox',
    outgoing.map(({ id }) => ({ id: jobId('outbox', id), data: { effectId: id } })),
  )
  await queues.add(
    'mail',
    of('mail').map(({ id }) => ({ id: jobId('mail', id), data: { effectId: id } })),
  )
  const pictures = of('picture').map(({ id, payload }) => ({
    id: jobId('media', id),
    data: { mediaId: String(payload.mediaId) },
  }))
  await queues.add('media', pictures)
}
