import type { Ctx } from '#src/context.ts'
import { createBatcher } from '#src/core/batch.ts'
import { finishDelivery, loadDelivery, markDone, type PendingDelivery, type PendingInbox } from '#src/db/deliveries.ts'
import { type Failure, forgetGoneAnswers, noteGone, storeFailures } from '#src/db/hosts.ts'
import { listBlockedOf } from '#src/features/blocks/service.ts'
import { toSynchronization } from '../synchronization.ts'
import type { HostHealth } from './health.ts'
import type { Limiter } from './limiter.ts'
import { nextAttempt } from './schedule.ts'
import { type Result, send } from './send.ts'
import type { Signers } from './signer.ts'

/** What a process that delivers shares among its jobs. */
export type Lane = Readonly<{ ctx: Ctx; limiter: Limiter; health: HostHealth; signers: Signers }>

/** An inbox that is dealt with: it has the activity, is gone, or has a retry of its own. */
type Settled = Readonly<{ inboxId: string; failure: Failure | null }>

/**
 * Delivers one piece of an audience. Progress is written as it comes, so that after a kill only what was under way goes out again; and no
 * inbox is waited for: what fails gets a retry of its own, and the piece is finished.
 */
export async function deliverPiece(lane: Lane, deliveryId: string): Promise<void> {
  const { ctx } = lane
  const delivery = await loadDelivery(ctx.db, deliveryId)
  if (!delivery) return
  const progress = createBatcher<Settled>((items) => saveProgress(ctx, deliveryId, items))
  const body = Buffer.from(delivery.body)
  // Somebody may have decided about a server since the audience was cut.
  const unspoken = await listBlockedOf(
    ctx.db,
    delivery.inboxes.map(({ host }) => host),
  )
  await Promise.all(
    delivery.inboxes.map(async (inbox) => {
      if (unspoken.has(inbox.host)) return progress.add({ inboxId: inbox.id, failure: null })
      lane.health.learn(inbox.host, inbox)
      const { settled, noted } = await deliverOne(lane, delivery, inbox, body)
      // Written before anything else: what is not written down when this process is killed goes out again.
      await Promise.all([progress.add(settled), noted])
    }),
  )
  await finishDelivery(ctx.db, deliveryId, ctx.now())
}

async function saveProgress(ctx: Ctx, deliveryId: string, items: readonly Settled[]): Promise<void> {
  const failures = items.flatMap(({ failure }) => failure ?? [])
  const ids = items.map(({ inboxId }) => inboxId)
  if (failures.length === 0) return markDone(ctx.db, deliveryId, ids)
  await ctx.db.transaction(async (tx) => {
    await storeFailures(tx, failures, ctx.now())
    await markDone(tx, deliveryId, ids)
  })
}

/** What came of an inbox, and the writing down of what it says of the host, which goes on. */
type Attempt = Readonly<{ settled: Settled; noted: Promise<unknown> }>

async function deliverOne(lane: Lane, delivery: PendingDelivery, inbox: PendingInbox, body: Buffer): Promise<Attempt> {
  const { ctx, health } = lane
  const signer = await lane.signers.of(delivery.actorId)
  if (!signer) return { settled: { inboxId: inbox.id, failure: null }, noted: Promise.resolve() }
  const attempt = await lane.limiter.run(inbox.host, async () => {
    // Asked only now: while this one waited for its turn, the host may have failed twice for others.
    if (health.isSlow(inbox.host)) return null
    const others = synchronizationOf(ctx, delivery, inbox)
    const letter = { url: inbox.url, body, others, scheme: health.of(inbox.host).scheme }
    const result = await send({ fetcher: ctx.fetcher, signer, now: ctx.now }, letter)
    // Known in this process at once, so that the next one in the queue sees it; the row follows.
    return { result, noted: noteResult(lane, inbox, result) }
  })
  if (attempt) return { settled: settleResult(ctx, delivery, inbox, attempt.result), noted: attempt.noted }
  const dueAt = postponed(health.of(inbox.host).retryAt, ctx)
  return { settled: settle(inbox, delivery, dueAt, 'the host does not answer'), noted: Promise.resolve() }
}

function synchronizationOf(ctx: Ctx, { handle }: PendingDelivery, { digest }: PendingInbox): Record<string, string> {
  return digest === null ? {} : { 'collection-synchronization': toSynchronization(ctx, handle, digest) }
}

function settleResult(ctx: Ctx, delivery: PendingDelivery, inbox: PendingInbox, result: Result): Settled {
  if (result.kind === 'delivered') return { inboxId: inbox.id, failure: null }
  if (result.kind === 'refused') {
    ctx.log.warn({ inbox: inbox.url, activityId: delivery.activityId, answer: result.error }, 'an activity was refused')
    const refused = settle(inbox, delivery, ctx.now(), result.error)
    return { ...refused, failure: refused.failure && { ...refused.failure, isFinal: true } }
  }
  const now = ctx.now()
  const { retryAfterMs } = result
  const dueAt = nextAttempt({ attempts: 1, firstTriedAt: now, now, retryAfterMs, random: Math.random() })
  return settle(inbox, delivery, dueAt ?? now, result.error)
}

/** Not before the host's own time; spread over half a minute, so that a returning host is not met by everything at once. */
function postponed(retryAt: Date | null, ctx: Ctx): Date {
  const earliest = Math.max(retryAt?.getTime() ?? 0, ctx.now().getTime())
  return new Date(earliest + Math.random() * 30_000)
}

function settle(inbox: PendingInbox, delivery: PendingDelivery, dueAt: Date, error: string): Settled {
  const { id: inboxId, host } = inbox
  return { inboxId, failure: { activityId: delivery.activityId, inboxId, host, dueAt, error } }
}

type Asked = Readonly<{ id: string; host: string; isDoubtful: boolean }>

/**
 * Writes down what an answer says of the host and the inbox.
 * @returns whether the inbox is gone: then nothing of what waits for it is tried again
 */
export async function noteResult(lane: Lane, inbox: Asked, result: Result): Promise<boolean> {
  if (result.kind === 'failed') {
    await lane.health.failed(inbox.host, result.error)
    return false
  }
  const scheme = result.kind === 'delivered' ? result.scheme : (lane.health.of(inbox.host).scheme ?? 'cavage')
  // Any answer shows that the host is alive; only a delivery teaches how it wants requests signed.
  if (result.kind === 'delivered' || lane.health.of(inbox.host).failures > 0)
    await lane.health.succeeded(inbox.host, scheme)
  if (result.kind === 'delivered' && inbox.isDoubtful) await forgetGoneAnswers(lane.ctx.db, inbox.id)
  return result.kind === 'gone' && noteGone(lane.ctx.db, inbox.id, { error: result.error, now: lane.ctx.now() })
}
