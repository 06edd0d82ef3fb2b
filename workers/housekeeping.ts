import { withinSites } from '#federation/budget.ts'
import type { Lane } from '#federation/delivery/piece.ts'
import { deliverDue } from '#federation/delivery/retries.ts'
import { readThreads } from '#federation/threads.ts'
import type { Ctx } from '#src/context.ts'
import { listForgotten, pruneDeliveries } from '#src/db/deliveries.ts'
import { pruneEffects } from '#src/db/effects.ts'
import { pruneReceived } from '#src/db/inbox.ts'
import { dropFormerKeys } from '#src/features/actors/keys.ts'
import { purgeDeletedActors } from '#src/features/actors/service.ts'
import { forgetStrangers } from '#src/features/actors/strangers.ts'
import { endAnnouncements } from '#src/features/announcements/service.ts'
import { sweepCards } from '#src/features/cards/service.ts'
import { refreshLists } from '#src/features/domains/subscriptions.ts'
import { sweepEmojis } from '#src/features/emoji/service.ts'
import { expireFollowRequests, resendFollows } from '#src/features/follows/service.ts'
import { pruneParked } from '#src/features/jobs/queries.ts'
import { checkDueLinks } from '#src/features/links/service.ts'
import { makeRoom } from '#src/features/media/copies.ts'
import { listUnprocessed, sweepMedia } from '#src/features/media/service.ts'
import { expireMutes } from '#src/features/mutes/service.ts'
import { forgetApps } from '#src/features/oauth/apps.ts'
import { pruneCodes } from '#src/features/oauth/queries.ts'
import { forgetBuyers } from '#src/features/orders/forget.ts'
import { expireOrders } from '#src/features/orders/move.ts'
import { endPolls, tellCounts } from '#src/features/polls/end.ts'
import { pruneReadings } from '#src/features/posts/reading-queries.ts'
import { pruneSubmissions } from '#src/features/posts/write-queries.ts'
import { tellStocks } from '#src/features/products/service.ts'
import { pruneSubscriptions } from '#src/features/pushes/queries.ts'
import { dropUnconfirmed } from '#src/features/registrations/answer.ts'
import { publishDue } from '#src/features/schedule/publish.ts'
import { forgetTags } from '#src/features/tags/service.ts'
import { pruneSessions } from '#src/features/users/queries.ts'
import type { CardReading } from './cards.ts'
import { addForgottenJobs, addPictures } from './effects.ts'
import { addPieces } from './outbox.ts'
import type { Queues } from './queues.ts'

const minute = 60_000
const day = 24 * 60 * minute

/** After this long a job that was not done may be lost. Where it is not, adding it again changes nothing. */
const forgottenMs = minute / 2

/** For how long worked-off rows are kept, so that an operator can look and replay. */
const keepMs = 7 * day

/** What was given up waits so long for somebody to look at it. */
const keepParkedMs = 90 * day

/** Something done again and again. */
type Chore = Readonly<{ name: string; everyMs: number; run: () => Promise<unknown> }>

/** Everything that is due by time rather than by a fact. Each may run in several processes at once without harm. */
export function choresOf(ctx: Ctx, queues: Queues, { lane, reading }: { lane: Lane; reading: CardReading }): Chore[] {
  const ago = (ms: number) => new Date(ctx.now().getTime() - ms)
  return [
    { name: 'retries', everyMs: 5_000, run: () => drainRetries(lane) },
    {
      name: 'forgotten deliveries',
      everyMs: 15_000,
      run: async () => addPieces(queues, await listForgotten(ctx.db, ago(forgottenMs), 1_000)),
    },
    { name: 'forgotten facts', everyMs: 15_000, run: () => addForgottenJobs(ctx, queues, ago(forgottenMs)) },
    { name: 'forgotten pictures', everyMs: 15_000, run: () => addForgottenPictures(ctx, queues) },
    { name: 'scheduled posts', everyMs: 1_000, run: () => publishDue(ctx) },
    { name: 'conversations', everyMs: 2_000, run: () => readThreads(ctx) },
    { name: 'linked pages', everyMs: 2_000, run: () => reading.begin() },
    { name: 'links in profiles', everyMs: 5_000, run: () => withinSites(ctx, checkDueLinks) },
    { name: 'polls', everyMs: 5_000, run: () => endPolls(ctx).then(() => tellCounts(ctx)) },
    { name: 'products', everyMs: 5_000, run: () => tellStocks(ctx) },
    { name: 'orders', everyMs: 15_000, run: () => expireOrders(ctx) },
    { name: 'follows', everyMs: 10 * minute, run: () => resendFollows(ctx).then(() => expireFollowRequests(ctx)) },
    { name: 'announcements', everyMs: minute, run: () => endAnnouncements(ctx) },
    { name: 'mutes', everyMs: minute, run: () => expireMutes(ctx) },
    { name: 'deleted actors', everyMs: 10 * minute, run: () => purgeDeletedActors(ctx) },
    { name: 'lists of servers', everyMs: 10 * minute, run: () => refreshLists(ctx) },
    { name: 'former keys', everyMs: 10 * minute, run: () => dropFormerKeys(ctx) },
    { name: 'media', everyMs: 60 * minute, run: () => sweepPictures(ctx) },
    { name: 'strangers', everyMs: day, run: () => forgetStrangers(ctx).then(() => forgetTags(ctx)) },
    { name: 'pruning', everyMs: 60 * minute, run: () => prune(ctx, ago(keepMs)) },
  ]
}

async function sweepPictures(ctx: Ctx): Promise<void> {
  await sweepMedia(ctx)
  await makeRoom(ctx)
  await sweepCards(ctx)
  await sweepEmojis(ctx)
}

async function drainRetries(lane: Lane): Promise<void> {
  while ((await deliverDue(lane)) > 0);
}

async function addForgottenPictures(ctx: Ctx, queues: Queues): Promise<void> {
  const ids = await listUnprocessed(ctx, new Date(ctx.now().getTime() - forgottenMs))
  await addPictures(queues, ids)
}

async function prune(ctx: Ctx, before: Date): Promise<void> {
  await pruneEffects(ctx.db, before)
  await pruneReceived(ctx.db, before, ctx.now())
  await pruneDeliveries(ctx.db, before)
  await pruneParked(ctx.db, new Date(ctx.now().getTime() - keepParkedMs))
  await pruneCodes(ctx.db, before)
  await forgetApps(ctx)
  await pruneSubmissions(ctx.db, new Date(ctx.now().getTime() - 60 * minute))
  await pruneSessions(ctx.db, ctx.now())
  await dropUnconfirmed(ctx)
  await pruneSubscriptions(ctx.db)
  await forgetBuyers(ctx)
  await pruneReadings(ctx.db, new Date(ctx.now().getTime() - 30 * day))
}

/** Runs chores until closed; a chore never overlaps itself, and a failed one comes again at its next time. */
export function startChores(ctx: Ctx, chores: readonly Chore[]): { close(): Promise<void> } {
  const running = new Set<Promise<void>>()
  const timers = chores.map((chore) => {
    let isRunning = false
    const tick = () => {
      if (isRunning) return
      isRunning = true
      const run = chore
        .run()
        .then(
          () => {},
          (error) => ctx.log.error({ err: error, chore: chore.name }, 'a chore failed'),
        )
        .finally(() => {
          isRunning = false
          running.delete(run)
        })
      running.add(run)
    }
    tick()
    return setInterval(tick, chore.everyMs)
  })
  return {
    close: async () => {
      for (const timer of timers) clearInterval(timer)
      await Promise.all(running)
    },
  }
}
