import type { Ctx, Viewer } from '#src/context.ts'
import { recordAct } from '#src/db/audit.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { emit } from '#src/effects.ts'
import { invalid, notFound } from '#src/errors.ts'
import { alreadyVoted, checkChoices, hasEnded, requireVoter } from './policy.ts'
import { type Ballot, castBallot, countBallot, findPollOfPost, lockPoll, type PollRow } from './queries.ts'

/** Other servers are told of new votes once a minute at the most: a poll that is passed around would flood them. */
const countsEveryMs = 60_000

/** A post with a poll that the voter may see: whoever asks must have made sure of that. */
export type PolledPost = Readonly<{ id: string; actorId: string; iri: string | null }>

/**
 * Votes as the viewer's actor.
 * @param choices numbers of options, the first is 0
 * @throws Problem `forbidden` for roles that do not react, `invalid` for one's own poll, after the end, for a second vote, and for
 * options that are not there; `notFound` when the post has no poll
 */
export async function vote(ctx: Ctx, viewer: Viewer, post: PolledPost, choices: readonly number[]): Promise<void> {
  requireVoter(viewer)
  if (post.actorId === viewer.actorId) throw invalid('Validation failed: You cannot vote in your own polls')
  const { actorId, userId } = viewer
  const chosen = [...new Set(choices)]
  await transaction(ctx.db, async (tx) => {
    const poll = await lockPollOf(tx, post.id)
    if (!poll) throw notFound()
    checkChoices(poll, chosen, ctx.now())
    if (!(await count(ctx, tx, { poll, post, ballot: { pollId: poll.id, actorId, userId, choices: chosen } }))) {
      throw alreadyVoted()
    }
    // Each choice travels on its own; at home there is nobody to tell.
    for (const choice of post.iri === null ? [] : chosen) {
      await emit(tx, { type: 'vote.cast', postId: post.id, actorId, choice: poll.options[choice] ?? '' })
    }
    await recordAct(tx, { viewer, action: 'vote.cast', subjectId: post.id })
  })
}

/**
 * A remote actor votes in a poll of ours. A choice counts once, however often it comes.
 * @param title the option as its server names it
 * @returns 'refused' after the end, for the author, and for options that are not there
 */
export async function receiveVote(
  ctx: Ctx,
  { actorId, post, title }: { actorId: string; post: PolledPost; title: string },
): Promise<'counted' | 'already' | 'refused'> {
  if (post.iri !== null || post.actorId === actorId) return 'refused'
  return transaction(ctx.db, async (tx) => {
    const poll = await lockPollOf(tx, post.id)
    const choice = poll?.options.indexOf(title.trim()) ?? -1
    if (!poll || choice < 0 || hasEnded(poll.endsAt, ctx.now())) return 'refused'
    const ballot = { pollId: poll.id, actorId, userId: null, choices: [choice] }
    return (await count(ctx, tx, { poll, post, ballot })) ? 'counted' : 'already'
  })
}

async function lockPollOf(tx: Tx, postId: string): Promise<PollRow | null> {
  const found = await findPollOfPost(tx, postId)
  return found && lockPoll(tx, found.id)
}

async function count(
  ctx: Ctx,
  tx: Tx,
  { poll, post, ballot }: { poll: PollRow; post: PolledPost; ballot: Ballot },
): Promise<boolean> {
  const outcome = await castBallot(tx, { ...ballot, isMultiple: poll.isMultiple })
  if (outcome === 'repeated') return false
  // The counts of another server's poll are told by that server, hidden ones by nobody before the end.
  const isTold = post.iri === null && !poll.hidesTotals
  const countsDueAt = isTold ? new Date(ctx.now().getTime() + countsEveryMs) : null
  await countBallot(tx, poll.id, { choices: ballot.choices, isFirst: outcome === 'first', countsDueAt })
  return true
}
