import type { Ctx } from '#src/context.ts'
import type { Publication } from '#src/features/posts/publication-queries.ts'
import { quotedLink } from '#src/features/posts/quote-entity.ts'
import type { QuoteEnd } from '#src/features/posts/quote-queries.ts'
import { withOfferLines } from '#src/features/products/lines.ts'
import { publicAudience } from './context.ts'

/** The id of one end of a quote: ours follows from its author and its number. */
export function iriOfEnd(ctx: Ctx, end: QuoteEnd): string {
  return end.iri ?? ctx.uris.post(end.handle, end.id)
}

/** The id of the author of one end of a quote. */
export function authorOfEnd(ctx: Ctx, end: QuoteEnd): string {
  return end.authorIri ?? ctx.uris.actor(end.handle)
}

/** What a post of ours quotes as far as it may still be said: not after a no, and not when it is gone. */
function quotedOf({ quote }: Publication): QuoteEnd | null {
  const isOver = !quote || quote.quote.state === 'rejected' || quote.quote.state === 'revoked'
  return isOver || !quote.quoted || quote.quoted.isGone ? null : quote.quoted
}

/** The text of a post of ours, with the ways to what it quotes and sells for programs that know neither. */
export function contentOf(ctx: Ctx, publication: Publication): string {
  const { post, posted } = publication
  const { actorId: authorId, language } = post
  const content = withOfferLines(ctx, post.content, { posted, authorId, language })
  const quoted = quotedOf(publication)
  if (!quoted) return content
  const page = quoted.iri ? (quoted.url ?? quoted.iri) : ctx.uris.postPage(quoted.handle, quoted.id)
  return quotedLink(content, page)
}

/**
 * What a post of ours quotes. Programs that ask nobody show what the older names name; these are only said when the author of it has said yes.
 * @see https://w3id.org/fep/044f
 */
export function quotePropertiesOf(ctx: Ctx, publication: Publication): object {
  const quoted = quotedOf(publication)
  if (!quoted || !publication.quote) return {}
  const [quote, stamp] = [iriOfEnd(ctx, quoted), stampOf(ctx, publication)]
  if (publication.quote.quote.state !== 'accepted') return { quote }
  const older = { quoteUrl: quote, quoteUri: quote, _misskey_quote: quote }
  return { quote, ...(stamp ? { quoteAuthorization: stamp } : {}), ...older }
}

function stampOf(ctx: Ctx, { quote }: Publication): string | null {
  if (!quote?.quoted) return null
  if (quote.quoted.host !== null) return quote.quote.authorizationIri
  return ctx.uris.quoteAuthorization(quote.quoted.handle, quote.quote.id)
}

/** The same as a link among the tags. @see https://w3id.org/fep/e232 */
export function quoteTagsOf(ctx: Ctx, publication: Publication): object[] {
  const quoted = quotedOf(publication)
  if (!quoted || publication.quote?.quote.state !== 'accepted') return []
  return [
    {
      type: 'Link',
      mediaType: 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
      rel: 'https://misskey-hub.net/ns#_misskey_quote',
      href: iriOfEnd(ctx, quoted),
    },
  ]
}

/** Who may quote a post of ours. Nobody is written as the author alone: an empty list is lost on the way through JSON-LD. */
export function quotePolicyOf(ctx: Ctx, { post, author }: Publication): object {
  const addresses = {
    public: publicAudience,
    followers: ctx.uris.followers(author.handle),
    following: ctx.uris.following(author.handle),
    unsupported_policy: null,
  } as const
  const automaticApproval = post.quoteAutomatic.flatMap((group) => addresses[group] ?? [])
  const manualApproval = post.quoteManual.flatMap((group) => addresses[group] ?? [])
  return {
    automaticApproval: automaticApproval.length > 0 ? automaticApproval : [ctx.uris.actor(author.handle)],
    ...(manualApproval.length > 0 ? { manualApproval } : {}),
  }
}
