import type { Ctx } from '#src/context.ts'
import { findEffect } from '#src/db/effects.ts'
import { receiveReplyAccepted, receiveReplyRefused } from '#src/features/posts/receive-replies.ts'
import { type AskedReply, findAskedReply, listLetInBy } from '#src/features/posts/reply-queries.ts'
import { knowActor } from './actors.ts'
import { fetchDocument } from './documents.ts'
import { effectIdOf } from './follows.ts'
import { isSameOrigin } from './origin.ts'
import type { Activity } from './read/activity.ts'
import { isRefused } from './read/json.ts'
import { readReplyProof } from './read/reply.ts'

/** What an answer to an answer may embed; most answers are to a Follow. */
const answeredTypes: ReadonlySet<string> = new Set(['Create', 'Note', 'Question', 'ReplyRequest'])

/**
 * The answer of ours that an Accept or Reject is about, where there was anything to ask: GoToSocial names the post, and programs that were asked by
 * a ReplyRequest the request with the post in it. Others embed the Create, or name it.
 */
export async function findReplyAnswered(ctx: Ctx, { object, inner }: Activity): Promise<AskedReply | null> {
  if (inner?.type && !answeredTypes.has(inner.type)) return null
  const named = inner?.type === 'ReplyRequest' ? inner.instrument : inner?.type === 'Create' ? inner.object : object.id
  const target = named ? ctx.uris.read(named) : null
  if (target?.kind === 'post') return findAskedReply(ctx.db, target.id)
  const effectId = effectIdOf(ctx, named)
  const effect = effectId ? await findEffect(ctx.db, effectId) : null
  const postId = effect?.type === 'post.created' ? effect.payload.postId : null
  return typeof postId === 'string' ? findAskedReply(ctx.db, postId) : null
}

/**
 * The author of what an answer of ours answers lets it in, or does not. A proof that others could not check is none: it is fetched once.
 * @see https://docs.gotosocial.org/en/latest/federation/interaction_controls/
 */
export async function receiveReplyAnswer(ctx: Ctx, activity: Activity, asked: AskedReply): Promise<string> {
  const author = await knowActor(ctx, activity.actor)
  if (author?.id !== asked.parentAuthorId) return 'ignored: it is not by who is answered'
  const { postId } = asked
  if (activity.type === 'Reject') {
    await receiveReplyRefused(ctx, postId)
    return 'done'
  }
  const authorizationIri = activity.result ?? activity.id
  const reply = ctx.uris.post(asked.handle, postId)
  if (!(await isProof(ctx, { authorizationIri, author: activity.actor, reply, parent: asked.parentIri })))
    return 'ignored: nothing proves it'
  const proof = { postId, authorizationIri, isAuthorization: activity.result !== null }
  return (await receiveReplyAccepted(ctx, proof)) === 'done' ? 'done' : 'ignored: a no was said before'
}

/** That somebody says yes to an answer, and where that is said to stand. */
export type Claim = Readonly<{ authorizationIri: string; author: string; reply: string; parent: string }>

/** Whether the server of who is answered says so too. */
export async function isProof(ctx: Ctx, { authorizationIri, author, reply, parent }: Claim): Promise<boolean> {
  if (!isSameOrigin(authorizationIri, author)) return false
  const fetched = await fetchDocument(ctx, authorizationIri)
  if (isRefused(fetched) || fetched.iri !== authorizationIri) return false
  const proof = readReplyProof(fetched.document)
  const isOfParent = proof?.parent === null || proof?.parent === parent
  return isOfParent && proof?.author === author && proof.reply === reply
}

/** Whether an id is that of a proof that an answer of ours relies on. */
export async function isReplyProof(ctx: Ctx, iri: string | null): Promise<boolean> {
  return iri !== null && (await listLetInBy(ctx.db, iri)).length > 0
}

/** Somebody takes their yes to an answer of ours back. */
export async function receiveDeleteReplyProof(ctx: Ctx, { object, actor }: Activity): Promise<string> {
  const author = await knowActor(ctx, actor)
  const asked = object.id ? await listLetInBy(ctx.db, object.id) : []
  const own = asked.filter(({ parentAuthorId }) => parentAuthorId === author?.id)
  for (const { postId } of own) await receiveReplyRefused(ctx, postId)
  return own.length > 0 ? 'done' : 'ignored: it is the word of somebody else'
}
