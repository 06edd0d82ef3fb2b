import type { Ctx, Viewer } from '#src/context.ts'
import { notFound } from '#src/errors.ts'
import type { CustomEmoji } from '#src/features/emoji/entity.ts'
import type { Poll } from '#src/features/polls/entity.ts'
import { claimRefresh, findPoll } from '#src/features/polls/queries.ts'
import { vote } from '#src/features/polls/vote.ts'
import { getStatus } from './entity.ts'
import { findVisiblePost, type Post } from './queries.ts'

/** For how long the counts of another server count as fresh. */
const freshMs = 60_000

/**
 * A poll as its reader may see it. Counts of another server that have grown old are asked for first, for people who are signed in.
 * @throws Problem `notFound` when there is none, or its post is not for this reader
 */
export async function getPoll(ctx: Ctx, readerId: string | null, pollId: string): Promise<Poll<CustomEmoji>> {
  const post = await getPolledPost(ctx, readerId, pollId)
  if (post.iri !== null && readerId !== null) {
    const now = ctx.now()
    const isStale = await claimRefresh(ctx.db, pollId, { before: new Date(now.getTime() - freshMs), now })
    if (isStale) await ctx.remote.refreshPost(post.iri)
  }
  return pollOfStatus(ctx, readerId, post.id)
}

/**
 * Votes as the viewer's actor.
 * @returns the poll with the vote in it
 * @throws Problem `notFound` as `getPoll`; otherwise as `vote`
 */
export async function voteInPoll(
  ctx: Ctx,
  viewer: Viewer,
  pollId: string,
  choices: readonly number[],
): Promise<Poll<CustomEmoji>> {
  const post = await getPolledPost(ctx, viewer.actorId, pollId)
  await vote(ctx, viewer, post, choices)
  return pollOfStatus(ctx, viewer.actorId, post.id)
}

/** Votes in the poll of a post, as its page does. @throws Problem as `voteInPoll` */
export async function voteOnPost(ctx: Ctx, viewer: Viewer, postId: string, choices: readonly number[]): Promise<void> {
  const post = await findVisiblePost(ctx.db, viewer.actorId, postId)
  if (!post) throw notFound()
  await vote(ctx, viewer, post, choices)
}

async function getPolledPost(ctx: Ctx, readerId: string | null, pollId: string): Promise<Post> {
  const poll = await findPoll(ctx.db, pollId)
  const post = poll && (await findVisiblePost(ctx.db, readerId, poll.postId))
  if (!post) throw notFound()
  return post
}

async function pollOfStatus(ctx: Ctx, readerId: string | null, postId: string): Promise<Poll<CustomEmoji>> {
  const { poll } = await getStatus(ctx, readerId, postId)
  if (!poll) throw notFound()
  return poll
}
