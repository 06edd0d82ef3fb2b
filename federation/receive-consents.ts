import type { Ctx } from '#src/context.ts'
import { type Actor, findActor, listActors } from '#src/features/actors/queries.ts'
import { findReplyEnds, listStampedReplies, type ReplyEnds } from '#src/features/posts/consent-queries.ts'
import type { Post } from '#src/features/posts/queries.ts'
import {
  judgeRemoteReply,
  type RemoteConsent,
  receiveConsent,
  receiveConsentRefused,
  receiveConsentWithdrawn,
} from '#src/features/posts/receive-consents.ts'
import type { Visibility } from './audience.ts'
import { fetchDocument } from './documents.ts'
import { isSameOrigin } from './origin.ts'
import type { Activity } from './read/activity.ts'
import { isRefused } from './read/json.ts'
import type { ReadNote } from './read/note.ts'
import { isProof } from './receive-replies.ts'

/** How a post is found that is known here. */
export type FindPost = (ctx: Ctx, iri: string) => Promise<Post | null>

/** An answer, who wrote it, for whom it is, and what it answers, as far as that is known here. */
type Answering = Readonly<{
  note: ReadNote
  author: Actor
  parent: Post | null
  visibility: Visibility
  recipientIds: readonly string[]
}>

/**
 * The consent that an answer from elsewhere needs, as far as it is there; null where it needs none, undefined where nobody can tell, since what it
 * answers is not known here. Of posts of other servers the stamp is read from there: what the answer says of it proves nothing.
 * @see https://docs.gotosocial.org/en/latest/federation/interaction_controls/
 */
export async function resolveConsent(
  ctx: Ctx,
  { note, author, parent, ...addressed }: Answering,
): Promise<RemoteConsent | null | undefined> {
  if (!parent) return undefined
  if (parent.boostOfId || author.iri === null || (await isAside(ctx, addressed))) return null
  const verdict = await judgeRemoteReply(ctx, { id: author.id, iri: author.iri }, parent)
  if (verdict === 'free') return null
  const about = { id: parent.id, actorId: parent.actorId, isOurs: parent.iri === null }
  if (parent.iri === null) {
    const state = verdict === 'member' ? 'accepted' : verdict === 'asked' ? 'pending' : 'refused'
    return { state, parent: about, authorizationIri: null }
  }
  const { replyAuthorization: authorizationIri } = note
  const asked = await findActor(ctx.db, parent.actorId)
  const claim = { author: asked?.iri ?? '', reply: note.iri, parent: parent.iri }
  const isProven = authorizationIri !== null && (await isProof(ctx, { authorizationIri, ...claim }))
  return {
    state: isProven ? 'accepted' : 'pending',
    parent: about,
    authorizationIri: isProven ? authorizationIri : null,
  }
}

/** A word aside stands under no post: nobody but whom it names sees it, unless that is a group. */
async function isAside(ctx: Ctx, { visibility, recipientIds }: Pick<Answering, 'visibility' | 'recipientIds'>) {
  if (visibility !== 'direct') return false
  return (await listActors(ctx.db, recipientIds)).every(({ type }) => type !== 'Group')
}

/** The answer of another server's actor to another server's post that an Accept or Reject is about, where it needs a consent. */
export async function findConsentAnswered(
  ctx: Ctx,
  { object, inner }: Activity,
  find: FindPost,
): Promise<ReplyEnds | null> {
  const named = inner?.type === 'ReplyRequest' ? inner.instrument : inner?.type === 'Create' ? inner.object : object.id
  const post = named && !ctx.uris.read(named) ? await find(ctx, named) : null
  const ends = post?.inReplyToId ? await findReplyEnds(ctx.db, post.id) : null
  return ends?.parent.iri ? ends : null
}

/** The author of a post lets an answer in, and everybody who shows both is told. */
export async function receiveThirdConsent(ctx: Ctx, activity: Activity, ends: ReplyEnds): Promise<string> {
  const { reply, parent } = ends
  if (activity.actor !== parent.authorIri || !reply.iri || !parent.iri) return 'ignored: it is not by who is answered'
  if (activity.type === 'Reject') {
    await receiveConsentRefused(ctx, reply.id)
    return 'done'
  }
  const authorizationIri = activity.result ?? activity.id
  const claim = { authorizationIri, author: activity.actor, reply: reply.iri, parent: parent.iri }
  if (!(await isProof(ctx, claim))) return 'ignored: nothing proves it'
  return (await receiveConsent(ctx, reply.id, authorizationIri)) === 'done' ? 'done' : 'ignored: a no was said before'
}

/** Whether an id is that of a stamp that lets in an answer of somebody else. */
export async function isConsentStamp(ctx: Ctx, iri: string | null): Promise<boolean> {
  return iri !== null && (await listStampedReplies(ctx.db, iri)).length > 0
}

/** A consent to an answer is taken back: by whoever gave it, or its server says that it is not there any more. */
export async function receiveDeleteConsent(ctx: Ctx, { object, actor }: Activity): Promise<string> {
  if (!object.id || !isSameOrigin(object.id, actor)) return 'ignored: it is of another server'
  const [given] = await listStampedReplies(ctx.db, object.id)
  if (given?.parent.authorIri !== actor && !(await isGone(ctx, object.id))) return 'ignored: the stamp is still there'
  await receiveConsentWithdrawn(ctx, object.id)
  return 'done'
}

async function isGone(ctx: Ctx, iri: string): Promise<boolean> {
  const answer = await fetchDocument(ctx, iri)
  return isRefused(answer) ? ['gone', 'not-found'].includes(answer.refused) : answer.document.type === 'Tombstone'
}
