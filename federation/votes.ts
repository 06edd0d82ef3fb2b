import type { Ctx } from '#src/context.ts'
import { hasEnded } from '#src/features/polls/policy.ts'
import { listRemoteVoters, type PollRow } from '#src/features/polls/queries.ts'
import { receiveVote } from '#src/features/polls/vote.ts'
import { findPublication } from '#src/features/posts/publication-queries.ts'
import { findVisiblePost } from '#src/features/posts/queries.ts'
import { getActor, iriOfActor, knowActor } from './actors.ts'
import { plainContext, toTime } from './context.ts'
import type { ReadNote } from './read/note.ts'

/**
 * What makes a post a Question. Programs that know no polls show its text. Hidden counts are told as nothing before the end; how many have
 * voted is no secret.
 * @see https://docs.joinmastodon.org/spec/activitypub/#Question
 */
export function toQuestion(poll: PollRow, now: Date): Record<string, unknown> {
  const { options, tallies, isMultiple, hidesTotals, votersCount, endsAt } = poll
  const isOver = hasEnded(endsAt, now)
  const isHidden = hidesTotals && !isOver
  const choices = options.map((name, index) => ({
    type: 'Note',
    name,
    replies: { type: 'Collection', totalItems: isHidden ? 0 : (tallies[index] ?? 0) },
  }))
  const end = endsAt && toTime(endsAt)
  return {
    type: 'Question',
    [isMultiple ? 'anyOf' : 'oneOf']: choices,
    votersCount: votersCount ?? 0,
    ...(end ? { endTime: end } : {}),
    ...(end && isOver ? { closed: end } : {}),
  }
}

/** A vote of ours in a poll of another server, and whom it goes to; null when that is gone, or ours. */
export async function toVote(
  ctx: Ctx,
  id: string,
  vote: { postId: string; actorId: string; choice: string },
): Promise<{ document: object; authorId: string } | null> {
  const publication = await findPublication(ctx.db, vote.postId)
  if (!publication?.post.iri || publication.post.deletedAt) return null
  const [actor, author] = [iriOfActor(ctx, await getActor(ctx, vote.actorId)), publication.author]
  const to = [iriOfActor(ctx, author)]
  // Without a content: that is what tells a vote from an answer.
  const object = {
    id: `${id}#vote`,
    type: 'Note',
    attributedTo: actor,
    name: vote.choice,
    inReplyTo: publication.post.iri,
    to,
  }
  return { document: { '@context': plainContext, id, type: 'Create', actor, to, object }, authorId: author.id }
}

/** Whom the counts of a poll go to besides its readers: those elsewhere who voted. */
export async function votersOf(ctx: Ctx, poll: PollRow | null): Promise<string[]> {
  return poll ? listRemoteVoters(ctx.db, poll.id) : []
}

/** A vote in a poll of ours, by somebody who may see it. */
export async function receiveVoteNote(ctx: Ctx, note: ReadNote): Promise<string> {
  const target = note.inReplyTo ? ctx.uris.read(note.inReplyTo) : null
  if (target?.kind !== 'post') return 'ignored: it is a vote elsewhere'
  const voter = await knowActor(ctx, note.attributedTo)
  const post = voter && (await findVisiblePost(ctx.db, voter.id, target.id))
  if (!post) return 'ignored: there is no such poll for its actor'
  const outcome = await receiveVote(ctx, { actorId: voter.id, post, title: note.title })
  return outcome === 'refused' ? 'ignored: the vote does not count' : 'done'
}
