import type { Ctx } from '#src/context.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { lockByName } from '#src/db/tombstones.ts'
import { emit } from '#src/effects.ts'
import { findPost, findPostByIri, findVisiblePost, type Post, type Visibility } from './queries.ts'
import { isOpen, judgeQuote, type QuoteGroups, type QuoteVerdict } from './quote-policy.ts'
import {
  deleteQuote,
  findQuoteByEffect,
  findRelation,
  insertQuote,
  listByAuthorization,
  lockQuoteBy,
  type Quote,
  updateQuote,
  updateQuoteGroups,
} from './quote-queries.ts'

/** What a remote post quotes, with the proof of consent as far as it was found. */
export type RemoteQuote = Readonly<{
  /** The quoted post, if we have it. */
  quotedId: string | null
  /** Its id on another server; null when it is ours. */
  quotedIri: string | null
  isLegacy: boolean
  authorizationIri: string | null
  /** Whether its author agrees; null: that could not be found out, or it is ours and we know better. */
  isAuthorized: boolean | null
}>

/** Writes what a new remote post quotes. */
export async function storeQuote(
  tx: Tx,
  post: Readonly<{ id: string; visibility: Visibility }>,
  { isAuthorized, ...quote }: RemoteQuote,
): Promise<void> {
  const state = isAuthorized ? 'accepted' : 'pending'
  // It may have come while it was looked for elsewhere.
  const arrived = quote.quotedId === null && quote.quotedIri ? await findPostByIri(tx, quote.quotedIri) : null
  const quotedId = quote.quotedId ?? arrived?.id ?? null
  await insertQuote(tx, { postId: post.id, isOpen: isOpen(post.visibility), state, ...quote, quotedId })
}

/**
 * Takes over what the server of a post now says of quotes, be it an edit or not: who may quote it, what it quotes, and whether that is agreed
 * to.
 */
export async function receiveQuoteNews(
  ctx: Ctx,
  postId: string,
  { quote, ...groups }: QuoteGroups & Readonly<{ quote: RemoteQuote | null }>,
): Promise<void> {
  await transaction(ctx.db, async (tx) => {
    await updateQuoteGroups(tx, postId, groups)
    const [post, before] = [await findPost(tx, postId), await lockQuoteBy(tx, postId)]
    if (!post || post.deletedAt) return
    if (before && quote && isSame(before, quote)) return refresh(tx, post, before, quote)
    // The no of one of ours outlasts what it was said to: nobody gets rid of it by asking again.
    if (before && !quote && isRefused(before)) return
    if (before) await deleteQuote(tx, postId)
    if (quote) await storeQuote(tx, post, quote)
    if (before || quote) await emit(tx, { type: 'quote.settled', postId }, 'remote')
  })
}

function isRefused({ quotedIri, state }: Quote): boolean {
  return quotedIri === null && (state === 'rejected' || state === 'revoked')
}

function isSame(before: Quote, quote: RemoteQuote): boolean {
  return quote.quotedIri === null ? before.quotedId === quote.quotedId : before.quotedIri === quote.quotedIri
}

async function refresh(tx: Tx, post: Post, before: Quote, quote: RemoteQuote): Promise<void> {
  const state = nextState(before, quote)
  await updateQuote(tx, before.id, {
    state,
    quotedId: quote.quotedId ?? before.quotedId,
    isLegacy: quote.isLegacy,
    authorizationIri: quote.authorizationIri ?? before.authorizationIri,
    isOpen: isOpen(post.visibility),
  })
  if (state !== before.state) await emit(tx, { type: 'quote.settled', postId: post.id }, 'remote')
}

/** A stamp that was withdrawn once is never good again, whatever its address goes on saying. */
function nextState(before: Quote, { isAuthorized, authorizationIri }: RemoteQuote): Quote['state'] {
  if (isAuthorized === null) return before.state
  if (!isAuthorized) return before.state === 'accepted' ? 'revoked' : before.state
  return before.state === 'revoked' && before.authorizationIri === authorizationIri ? 'revoked' : 'accepted'
}

/** Somebody elsewhere asks whether a post of theirs may quote one of ours. */
export type QuoteQuestion = Readonly<{ actorId: string; quoted: Post; quotingIri: string; requestIri: string }>

/** What our author's policy says to a question; null: the post is not for who asks, and must look as if it were not there. */
export async function judgeQuestion(ctx: Ctx, { actorId, quoted }: QuoteQuestion): Promise<QuoteVerdict | null> {
  const seen = await findVisiblePost(ctx.db, actorId, quoted.id)
  if (!seen) return isOpen(quoted.visibility) ? 'denied' : null
  return judgeQuote(seen, await findRelation(ctx.db, actorId, seen.actorId))
}

/** Answers a question at once, or keeps it for the author of the quoted post. A yes that was given stays, and so does a no. */
export async function answerQuestion(
  ctx: Ctx,
  question: QuoteQuestion,
  verdict: QuoteVerdict,
): Promise<'accepted' | 'pending' | 'rejected'> {
  return transaction(ctx.db, async (tx) => {
    await lockByName(tx, question.quotingIri)
    const post = await findPostByIri(tx, question.quotingIri)
    const isTheirs = post?.actorId === question.actorId && !post.deletedAt
    const found = isTheirs ? await lockQuoteBy(tx, post.id) : null
    const quote = found?.quotedId === question.quoted.id ? found : null
    const answer = answerTo(quote, verdict)
    if (quote) await updateQuote(tx, quote.id, { state: stateAfter(quote, answer), requestIri: question.requestIri })
    await tell(tx, question, quote, answer)
    return answer
  })
}

function answerTo(quote: Quote | null, verdict: QuoteVerdict): 'accepted' | 'pending' | 'rejected' {
  if (!quote || quote.state === 'rejected' || quote.state === 'revoked') return 'rejected'
  if (quote.state === 'accepted' || verdict === 'automatic') return 'accepted'
  return verdict === 'manual' ? 'pending' : 'rejected'
}

function stateAfter(quote: Quote, answer: 'accepted' | 'pending' | 'rejected'): Quote['state'] {
  return quote.state === 'revoked' ? 'revoked' : answer
}

async function tell(tx: Tx, question: QuoteQuestion, quote: Quote | null, answer: string): Promise<void> {
  const { actorId: targetId, quoted, quotingIri, requestIri } = question
  if (quote && answer === 'accepted') await emit(tx, { type: 'quote.accepted', postId: quote.postId })
  else if (quote && answer === 'pending') await emit(tx, { type: 'quote.requested', postId: quote.postId }, 'remote')
  else {
    const refused = { actorId: quoted.actorId, targetId, quotedId: quoted.id, quotingIri, requestIri }
    await emit(tx, { type: 'quote.rejected', ...refused, postId: quote?.postId ?? null })
  }
}

/** The answer of another server to the question whether a post of ours may quote one of its. */
export type QuoteAnswer = Readonly<{
  /** Who answers: it has to be the author of what is quoted. */
  actorId: string
  /** The effect that made our question, or the post of ours that asks. */
  effectId: string | null
  postId: string | null
  /** The stamp of a yes. */
  authorizationIri: string | null
}>

/** Takes the answer to a question of ours over; our followers learn of it by an Update of the post. */
export async function receiveQuoteAnswer(ctx: Ctx, answer: QuoteAnswer): Promise<'done' | 'unknown'> {
  return transaction(ctx.db, async (tx) => {
    const asked = answer.effectId ? await findQuoteByEffect(tx, answer.effectId) : null
    const postId = asked?.postId ?? answer.postId
    const quote = postId ? await lockQuoteBy(tx, postId) : null
    const quoted = quote?.quotedId ? await findPost(tx, quote.quotedId) : null
    if (!quote || quote.effectId === null || quoted?.actorId !== answer.actorId) return 'unknown'
    const { authorizationIri } = answer
    const state = authorizationIri ? 'accepted' : quote.state === 'pending' ? 'rejected' : 'revoked'
    if (state === quote.state || (state === 'revoked' && quote.state === 'rejected')) return 'done'
    await updateQuote(tx, quote.id, { state, authorizationIri })
    await emit(tx, { type: 'quote.settled', postId: quote.postId })
    return 'done'
  })
}

/** A stamp of another server is withdrawn: what it allowed is shown no more. */
export async function receiveStampWithdrawn(ctx: Ctx, authorizationIri: string): Promise<'done' | 'unknown'> {
  return transaction(ctx.db, async (tx) => {
    const stamped = await listByAuthorization(tx, authorizationIri)
    for (const { id, postId, isOurs } of stamped) {
      await updateQuote(tx, id, { state: 'revoked' })
      await emit(tx, { type: 'quote.settled', postId }, isOurs ? 'local' : 'remote')
    }
    return stamped.length > 0 ? 'done' : 'unknown'
  })
}
