import type { Ctx } from '#src/context.ts'
import type { Effect, RefusedQuote } from '#src/effects.ts'
import { getActor } from '#src/features/actors/queries.ts'
import { findPublication } from '#src/features/posts/publication-queries.ts'
import { findQuoteEnds, type QuoteEnd, type QuoteEnds } from '#src/features/posts/quote-queries.ts'
import { iriOfActor } from './actors.ts'
import { quoteAuthorizationContext, quoteContext } from './context.ts'
import { between, everybody, type Origin, type Outgoing } from './outgoing.ts'
import { iriOfPost, toNote } from './posts.ts'
import { authorOfEnd, iriOfEnd } from './quote-documents.ts'

type Revoked = Omit<Extract<Effect, { type: 'quote.revoked' }>, 'type'>

/** A question whether one post may quote another one, as its answer repeats it. */
type Question = Readonly<{ id: string; actor: string; object: string; instrument: string }>

/**
 * Asks the author of another server's post whether a post of ours may quote it, which goes along.
 * @see https://w3id.org/fep/044f
 */
export async function toQuoteRequest(ctx: Ctx, postId: string, origin: Origin): Promise<Outgoing | null> {
  const publication = await findPublication(ctx.db, postId)
  const quoted = publication?.quote?.quoted
  if (!publication || !quoted || quoted.host === null || publication.post.deletedAt) return null
  const { author } = publication
  const document = {
    '@context': quoteContext,
    id: origin.iri,
    type: 'QuoteRequest',
    actor: iriOfActor(ctx, author),
    object: iriOfEnd(ctx, quoted),
    instrument: await toNote(ctx, publication),
    to: [authorOfEnd(ctx, quoted)],
  }
  return between(document, { origin, actorId: author.id, otherId: quoted.authorId, type: 'QuoteRequest' })
}

/** Says yes to another server's post that wants to quote one of ours, with the stamp that proves it. */
export async function toQuoteAnswer(ctx: Ctx, postId: string, origin: Origin): Promise<Outgoing | null> {
  const ends = await findQuoteEnds(ctx.db, postId)
  if (!ends?.quoted || ends.quoting.iri === null || ends.quote.requestIri === null) return null
  const { quote, quoting, quoted } = ends
  const question = { id: ends.quote.requestIri, ...endsOf(ctx, quoting, quoted) }
  const document = {
    ...answer('Accept', { id: origin.iri, actor: authorOfEnd(ctx, quoted), question }),
    result: ctx.uris.quoteAuthorization(quoted.handle, quote.id),
  }
  return between(document, { origin, actorId: quoted.authorId, otherId: quoting.authorId, type: 'Accept' })
}

function endsOf(ctx: Ctx, quoting: QuoteEnd, quoted: QuoteEnd): Omit<Question, 'id'> {
  return { actor: authorOfEnd(ctx, quoting), object: iriOfEnd(ctx, quoted), instrument: iriOfEnd(ctx, quoting) }
}

function answer(
  type: 'Accept' | 'Reject',
  { id, actor, question }: Readonly<{ id: string; actor: string; question: Question }>,
): object {
  const object = { type: 'QuoteRequest', ...question }
  return { '@context': quoteAuthorizationContext, id, type, actor, to: [question.actor], object }
}

/** Says no to another server's post that wants to quote one of ours. */
export async function toQuoteRefusal(ctx: Ctx, refused: RefusedQuote, origin: Origin): Promise<Outgoing | null> {
  const { actorId, targetId, quotedId, quotingIri, requestIri } = refused
  const [author, target] = [await getActor(ctx.db, actorId), await getActor(ctx.db, targetId)]
  const question = {
    id: requestIri,
    actor: iriOfActor(ctx, target),
    object: iriOfPost(ctx, { id: quotedId, iri: null, authorHandle: author.handle }),
    instrument: quotingIri,
  }
  const document = answer('Reject', { id: origin.iri, actor: iriOfActor(ctx, author), question })
  return between(document, { origin, actorId, otherId: targetId, type: 'Reject' })
}

/** Withdraws a stamp: whoever quotes is told, and the servers of the author's followers, who may show the quote. */
export async function toQuoteRevocation(
  ctx: Ctx,
  { postId, stampId, actorId }: Revoked,
  origin: Origin,
): Promise<Outgoing | null> {
  const ends = await findQuoteEnds(ctx.db, postId)
  const author = await getActor(ctx.db, actorId)
  const followers = ctx.uris.followers(author.handle)
  const document = {
    '@context': quoteAuthorizationContext,
    id: origin.iri,
    type: 'Delete',
    actor: iriOfActor(ctx, author),
    to: [followers, ...(ends ? [authorOfEnd(ctx, ends.quoting)] : [])],
    object: { id: ctx.uris.quoteAuthorization(author.handle, stampId), type: 'QuoteAuthorization' },
  }
  const audience = { followersOf: actorId, actorIds: ends ? [ends.quoting.authorId] : [] }
  return everybody(JSON.stringify(document), { origin, actorId, type: 'Delete', audience })
}

/**
 * The proof that a post may quote one of ours.
 * @see https://w3id.org/fep/044f
 */
export function toQuoteAuthorization(ctx: Ctx, { quote, quoting, quoted }: QuoteEnds & { quoted: QuoteEnd }): object {
  const { actor: _, ...ends } = endsOf(ctx, quoting, quoted)
  return {
    '@context': quoteAuthorizationContext,
    id: ctx.uris.quoteAuthorization(quoted.handle, quote.id),
    type: 'QuoteAuthorization',
    attributedTo: authorOfEnd(ctx, quoted),
    interactingObject: ends.instrument,
    interactionTarget: ends.object,
  }
}
