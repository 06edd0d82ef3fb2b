import type { Ctx } from '#src/context.ts'
import { type Actor, findActor } from '#src/features/actors/queries.ts'
import { findPost, findVisiblePost, type Post } from '#src/features/posts/queries.ts'
import { findQuoteByAuthorization, findQuoteByEffect } from '#src/features/posts/quote-queries.ts'
import { addRecipient } from '#src/features/posts/receive.ts'
import {
  answerQuestion,
  judgeQuestion,
  type QuoteQuestion,
  receiveQuoteAnswer,
  receiveStampWithdrawn,
} from '#src/features/posts/receive-quotes.ts'
import { knowActor } from './actors.ts'
import { fetchDocument } from './documents.ts'
import { effectIdOf } from './follows.ts'
import { isSameOrigin } from './origin.ts'
import type { Activity } from './read/activity.ts'
import { isRefused } from './read/json.ts'
import { readNote } from './read/note.ts'
import { findKnownPost, knowPost, storeCarriedNote } from './receive-posts.ts'

/** Somebody asks whether a post of theirs may quote one of ours. @see https://w3id.org/fep/044f */
export async function receiveQuoteRequest(ctx: Ctx, activity: Activity): Promise<string> {
  const quotingIri = activity.instrument?.id
  const quoted = await findKnownPost(ctx, activity.object.id)
  if (!quoted || quoted.iri !== null || quoted.boostOfId) return 'ignored: it asks about no post of ours'
  if (!quotingIri || !isSameOrigin(quotingIri, activity.actor)) return 'ignored: it asks for no post of its own'
  const actor = await knowActor(ctx, activity.actor)
  if (!actor) return 'ignored: who asks cannot be read'
  const question = { actorId: actor.id, quoted, quotingIri, requestIri: activity.id }
  const verdict = await judgeQuestion(ctx, question)
  if (!verdict) return 'ignored: the post is not for who asks'
  // What will not be shown is not kept.
  const post = verdict === 'denied' ? null : await knowQuoting(ctx, activity, { actor, question })
  if (verdict !== 'denied' && !post) return 'ignored: the post that quotes cannot be read'
  if (post) await letAuthorSee(ctx, post, quoted)
  await answerQuestion(ctx, question, verdict)
  return 'done'
}

type Asking = Readonly<{ actor: Actor; question: QuoteQuestion }>

/** The post that wants to quote: as we have it, as it came along, or as its server says. */
async function knowQuoting(ctx: Ctx, { instrument }: Activity, { actor, question }: Asking): Promise<Post | null> {
  const known = await findKnownPost(ctx, question.quotingIri)
  if (known) return known.actorId === actor.id ? known : null
  const note = instrument?.embedded ? readNote(instrument.embedded, ctx.now()) : null
  if (!note || isRefused(note) || !instrument?.embedded) return knowPost(ctx, question.quotingIri)
  if (note.iri !== question.quotingIri || note.attributedTo !== actor.iri || note.isVote) return null
  return storeCarriedNote(ctx, { note, author: actor, document: instrument.embedded })
}

/** Nobody is quoted without being able to see where. */
async function letAuthorSee(ctx: Ctx, post: Post, quoted: Post): Promise<void> {
  if (await findVisiblePost(ctx.db, quoted.actorId, post.id)) return
  if (post.visibility === 'followers' || post.visibility === 'direct') await addRecipient(ctx, post.id, quoted.actorId)
}

/** Whether an Accept or Reject answers a question of ours about a quote. */
export async function isQuoteAnswer(ctx: Ctx, { inner, object }: Activity): Promise<boolean> {
  if (inner?.type) return inner.type === 'QuoteRequest'
  const effectId = effectIdOf(ctx, inner?.id ?? object.id)
  return effectId !== null && (await findQuoteByEffect(ctx.db, effectId)) !== null
}

/** The author of what a post of ours quotes says yes, with the stamp that proves it, or no. @see https://w3id.org/fep/044f */
export async function receiveQuoteReply(ctx: Ctx, activity: Activity): Promise<string> {
  const actor = await knowActor(ctx, activity.actor)
  if (!actor) return 'ignored: who answers cannot be read'
  const { inner, result } = activity
  const isYes = activity.type === 'Accept'
  if (isYes && (!result || !isSameOrigin(result, activity.actor))) return 'ignored: there is no stamp of its own'
  const asking = inner?.instrument ? ctx.uris.read(inner.instrument) : null
  const outcome = await receiveQuoteAnswer(ctx, {
    actorId: actor.id,
    effectId: effectIdOf(ctx, inner?.id ?? activity.object.id),
    postId: asking?.kind === 'post' ? asking.id : null,
    authorizationIri: isYes ? result : null,
  })
  return outcome === 'unknown' ? 'ignored: we did not ask for it' : 'done'
}

/** Whether an id is that of a stamp that we rely on. */
export async function isStamp(ctx: Ctx, iri: string | null): Promise<boolean> {
  return iri !== null && (await findQuoteByAuthorization(ctx.db, iri)) !== null
}

/** A consent to a quote is taken back: by whoever gave it, or by anybody of the same server when that says so too. */
export async function receiveDeleteStamp(ctx: Ctx, activity: Activity): Promise<string> {
  const { object, actor } = activity
  if (!object.id || !isSameOrigin(object.id, actor)) return 'ignored: it is of another server'
  if (!(await isGivenBy(ctx, object.id, actor))) return receiveDeleteStampHint(ctx, activity)
  await receiveStampWithdrawn(ctx, object.id)
  return 'done'
}

async function isGivenBy(ctx: Ctx, stampIri: string, actorIri: string): Promise<boolean> {
  const quote = await findQuoteByAuthorization(ctx.db, stampIri)
  const quoted = quote?.quotedId ? await findPost(ctx.db, quote.quotedId) : null
  return quoted !== null && (await findActor(ctx.db, quoted.actorId))?.iri === actorIri
}

/** Somebody passed on, without proof, that a stamp is withdrawn: its server is asked. */
export async function receiveDeleteStampHint(ctx: Ctx, { object }: Activity): Promise<string> {
  const answer = object.id ? await fetchDocument(ctx, object.id) : null
  const isGone =
    answer &&
    (isRefused(answer) ? ['gone', 'not-found'].includes(answer.refused) : answer.document.type === 'Tombstone')
  if (!object.id || !isGone) return 'ignored: the stamp is still there'
  await receiveStampWithdrawn(ctx, object.id)
  return 'done'
}
