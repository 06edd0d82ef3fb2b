import type { Ctx, Viewer } from '#src/context.ts'
import { recordAct } from '#src/db/audit.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { emit } from '#src/effects.ts'
import { conflict, forbidden, notFound } from '#src/errors.ts'
import { findMeantVisibility } from './consent-queries.ts'
import { fieldProblem, requirePublisher } from './policy.ts'
import { findPost, findVisiblePost, type Post, type Visibility } from './queries.ts'
import { isOpen, judgeQuote, type QuotePolicy, type QuoteVerdict, toQuoteGroups } from './quote-policy.ts'
import {
  findQuoteBy,
  findQuoteEnds,
  findRelation,
  insertQuote,
  lockQuoteBy,
  type QuoteEnds,
  updateQuote,
  updateQuoteGroups,
} from './quote-queries.ts'
import { insertRecipients } from './write-queries.ts'

/** A post that is to be quoted, and what its author's policy says to it. */
export type Quotable = Readonly<{ post: Post; verdict: Exclude<QuoteVerdict, 'denied'> }>

/**
 * Finds what somebody wants to quote; of a boost, what it shows.
 * @throws Problem `notFound` for what they may not see and for what they may not quote, as Mastodon has it
 */
export async function findQuotable(ctx: Ctx, viewer: Viewer, id: string): Promise<Quotable> {
  const found = await findVisiblePost(ctx.db, viewer.actorId, id)
  const post = found?.boostOfId ? await findVisiblePost(ctx.db, viewer.actorId, found.boostOfId) : found
  const verdict = post && judgeQuote(post, await findRelation(ctx.db, viewer.actorId, post.actorId))
  if (post && verdict && verdict !== 'denied') return { post, verdict }
  throw notFound('The post that you are quoting is not there, or its author does not let you quote it')
}

/**
 * Who may read a post that quotes: never more people than may read what it quotes. What is for named people names the author of what it
 * quotes.
 * @throws Problem `invalid`
 */
export function settleVisibility(
  wanted: Visibility,
  { post }: Quotable,
  author: Readonly<{ actorId: string; mentionIds: readonly string[] }>,
): Visibility {
  const isNamed = post.actorId === author.actorId || author.mentionIds.includes(post.actorId)
  if (wanted === 'direct' && !isNamed) {
    throw fieldProblem(
      'quoted_status_id',
      'ERR_INVALID',
      'can only be quoted to named people when its author is one of them',
    )
  }
  return !isOpen(post.visibility) && isOpen(wanted) ? 'followers' : wanted
}

/** Writes that a new post of ours quotes another one, and asks or tells the author of that. */
export async function writeQuote(
  tx: Tx,
  quoting: Readonly<{ id: string; actorId: string; visibility: Visibility; isHeld: boolean }>,
  { post, verdict }: Quotable,
): Promise<void> {
  const isOwn = post.actorId === quoting.actorId
  const isAccepted = isOwn || (post.iri === null && verdict === 'automatic')
  await insertQuote(tx, {
    postId: quoting.id,
    quotedId: post.id,
    quotedIri: post.iri,
    state: isAccepted ? 'accepted' : 'pending',
    isOpen: isOpen(quoting.visibility),
  })
  await tellQuoted(tx, quoting)
}

/** Asks or tells the author of what a post of ours quotes, if it quotes anything; of one that is held nobody is told before it shows. */
export async function tellQuoted(
  tx: Tx,
  quoting: Readonly<{ id: string; actorId: string; visibility: Visibility; isHeld: boolean }>,
): Promise<void> {
  const ends = quoting.isHeld ? null : await findQuoteEnds(tx, quoting.id)
  if (!ends?.quoted || ends.quoted.authorId === quoting.actorId) return
  const { quote, quoted } = ends
  // Whoever is quoted may see where.
  if (!isOpen(quoting.visibility))
    await insertRecipients(tx, quoting.id, [{ actorId: quoted.authorId, isMention: false }])
  const type = quote.state === 'accepted' ? 'quote.accepted' : 'quote.requested'
  const effectId = await emit(tx, { type, postId: quoting.id })
  if (quoted.iri !== null) await updateQuote(tx, quote.id, { effectId })
}

/**
 * Says who may quote a post of the viewer's actor from now on; quotes that are there stay.
 * @throws Problem `notFound` for posts of others, `forbidden` for roles that do not publish
 */
export async function changeQuotePolicy(ctx: Ctx, viewer: Viewer, postId: string, policy: QuotePolicy): Promise<void> {
  const post = await findPost(ctx.db, postId)
  if (!post || post.deletedAt || post.boostOfId || post.actorId !== viewer.actorId) throw notFound()
  requirePublisher(viewer, post.inReplyToId !== null)
  await transaction(ctx.db, (tx) => writeQuotePolicy(tx, viewer, post, policy))
}

/** The same within an edit. */
export async function writeQuotePolicy(tx: Tx, viewer: Viewer, post: Post, policy: QuotePolicy): Promise<void> {
  const visibility = await findMeantVisibility(tx, post)
  if (!(await updateQuoteGroups(tx, post.id, toQuoteGroups(policy, visibility)))) return
  await emit(tx, { type: 'quotability.changed', postId: post.id })
  await recordAct(tx, { viewer, action: 'quotability.changed', subjectId: post.id })
}

/**
 * Withdraws the consent to a quote of one of the viewer's posts, or refuses it where it was not given yet. Doing it twice is doing it once.
 * @param quotedId the viewer's post
 * @param postId the post that quotes it
 * @throws Problem `notFound` when there is no such quote, `forbidden` for posts of others and for roles that do not publish
 */
export async function revokeQuote(ctx: Ctx, viewer: Viewer, quotedId: string, postId: string): Promise<void> {
  await requireQuoted(ctx, viewer, quotedId, postId)
  await transaction(ctx.db, async (tx) => {
    const quote = await lockQuoteBy(tx, postId)
    if (!quote || quote.quotedId !== quotedId) throw notFound()
    if (quote.state !== 'accepted' && quote.state !== 'pending') return
    const ends = await getEnds(tx, postId)
    if (quote.state === 'pending') await refuse(tx, ends)
    else await withdraw(tx, ends)
    await recordAct(tx, { viewer, action: 'quote.revoked', subjectId: postId })
  })
}

async function withdraw(tx: Tx, ends: QuoteEnds): Promise<void> {
  const { quote, quoting, quoted } = ends
  await updateQuote(tx, quote.id, { state: 'revoked' })
  if (!quoted) throw notFound()
  const { postId } = quote
  await emit(tx, { type: 'quote.revoked', postId, stampId: quote.id, actorId: quoted.authorId, quotedId: quoted.id })
  if (quoting.host === null) await emit(tx, { type: 'quote.settled', postId })
}

async function refuse(tx: Tx, ends: QuoteEnds): Promise<void> {
  const { quote, quoting, quoted } = ends
  await updateQuote(tx, quote.id, { state: 'rejected' })
  if (!quoted) throw notFound()
  const [actorId, targetId] = [quoted.authorId, quoting.authorId]
  const { postId, requestIri } = quote
  if (quoting.iri !== null && requestIri !== null) {
    const refused = { actorId, targetId, quotedId: quoted.id, postId, quotingIri: quoting.iri, requestIri }
    await emit(tx, { type: 'quote.rejected', ...refused })
  }
  if (quoting.host === null) await emit(tx, { type: 'quote.settled', postId })
}

/**
 * Lets a post quote one of the viewer's, which has asked for it.
 * @throws Problem as `revokeQuote`; `conflict` when it does not wait for an answer any more
 */
export async function allowQuote(ctx: Ctx, viewer: Viewer, quotedId: string, postId: string): Promise<void> {
  await requireQuoted(ctx, viewer, quotedId, postId)
  await transaction(ctx.db, async (tx) => {
    const quote = await lockQuoteBy(tx, postId)
    if (!quote || quote.quotedId !== quotedId) throw notFound()
    if (quote.state === 'accepted') return
    // A mere link of an older program asks for nothing, and a no that was said was told to others.
    if (quote.state !== 'pending' || quote.isLegacy) throw conflict('This quote does not wait for an answer any more')
    await updateQuote(tx, quote.id, { state: 'accepted' })
    await emit(tx, { type: 'quote.accepted', postId })
    const { quoting } = await getEnds(tx, postId)
    if (quoting.host === null) await emit(tx, { type: 'quote.settled', postId })
    await recordAct(tx, { viewer, action: 'quote.accepted', subjectId: postId })
  })
}

async function requireQuoted(ctx: Ctx, viewer: Viewer, quotedId: string, postId: string): Promise<void> {
  const [quoted, quoting] = [
    await findVisiblePost(ctx.db, viewer.actorId, quotedId),
    await findVisiblePost(ctx.db, viewer.actorId, postId),
  ]
  const quote = quoted && quoting && (await findQuoteBy(ctx.db, quoting.id))
  if (!quote || quote.quotedId !== quoted.id) throw notFound()
  if (quoted.actorId !== viewer.actorId) throw forbidden('Only the author of the quoted post decides about its quotes')
  requirePublisher(viewer, false)
}

async function getEnds(tx: Tx, postId: string): Promise<QuoteEnds> {
  const ends = await findQuoteEnds(tx, postId)
  if (!ends) throw notFound()
  return ends
}
