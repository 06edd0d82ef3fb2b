import { renderLink } from '#src/core/markup.ts'
import { escapeHtml } from '#src/core/sanitize.ts'
import type { Uris } from '#src/uris.ts'
import type { Visibility } from './queries.ts'
import { judgeQuote, type QuoteGroups, type QuoteVerdict } from './quote-policy.ts'
import type { QuoteRow } from './quoted-queries.ts'

/** How a quote stands for its reader. @see https://docs.joinmastodon.org/entities/Quote/#state */
export type QuoteStanding =
  | 'pending'
  | 'accepted'
  | 'rejected'
  | 'revoked'
  | 'deleted'
  | 'unauthorized'
  | 'blocked_account'
  | 'blocked_domain'
  | 'muted_account'

/** @see https://docs.joinmastodon.org/entities/Quote/ */
export type Quote<Status> = Readonly<{ state: QuoteStanding; quoted_status: Status | null }>

/** The same in a post that is itself shown as a quote. @see https://docs.joinmastodon.org/entities/ShallowQuote/ */
export type ShallowQuote = Readonly<{ state: QuoteStanding; quoted_status_id: string | null }>

/** @see https://docs.joinmastodon.org/entities/QuoteApproval/ */
export type QuoteApproval = Readonly<{
  automatic: readonly string[]
  manual: readonly string[]
  current_user: QuoteVerdict
}>

/**
 * How a quote stands for its reader; null where there is nothing that may be called one: a mere link in the words of older programs, about
 * which nobody was asked.
 */
export function standingOf(quote: QuoteRow | null): QuoteStanding | null {
  if (!quote) return null
  if (quote.state !== 'accepted') return quote.isLegacy ? null : quote.state
  if (quote.isGone) return 'deleted'
  if (quote.isBlocked) return 'blocked_account'
  if (quote.isShunned) return 'blocked_domain'
  if (!quote.isVisible) return 'unauthorized'
  return quote.isMuted ? 'muted_account' : 'accepted'
}

/** The post that a quote shows to its reader; null when it shows none. */
export function quotedIdOf(quote: QuoteRow | null): string | null {
  const standing = standingOf(quote)
  return standing === 'accepted' || standing === 'muted_account' ? (quote?.quotedId ?? null) : null
}

/** Who may quote a post, and whether its reader may. */
export function toQuoteApproval(
  row: QuoteGroups &
    Readonly<{
      actorId: string
      visibility: Visibility
      boostOfId: string | null
      isFollower: boolean
      isFollowed: boolean
    }>,
  readerId: string | null,
): QuoteApproval {
  const { isFollower, isFollowed } = row
  const relation = { isAuthor: row.actorId === readerId, isFollower, isFollowed }
  return {
    automatic: row.quoteAutomatic,
    manual: row.quoteManual,
    current_user: readerId === null ? 'denied' : judgeQuote(row, relation),
  }
}

/**
 * A post of ours as programs read it that know nothing of quotes: with the way to what it quotes, unless it names that itself. Those that do
 * know hide it by its class. There is no way to what its author does not want to be quoted.
 * @see https://w3id.org/fep/044f
 */
export function withQuotedLink(
  uris: Uris,
  { content, isOurs, quote }: Readonly<{ content: string; isOurs: boolean; quote: QuoteRow | null }>,
): string {
  const standing = standingOf(quote)
  if (!isOurs || !quote || !standing || !['accepted', 'muted_account', 'pending'].includes(standing)) return content
  if (quote.quotedId === null || quote.handle === null) return content
  const url = quote.quotedIri ? (quote.quotedUrl ?? quote.quotedIri) : uris.postPage(quote.handle, quote.quotedId)
  return quotedLink(content, url)
}

/** A text that begins with the way to what it quotes. */
export function quotedLink(content: string, url: string): string {
  if (content.includes(`href="${escapeHtml(url)}"`)) return content
  return `<p class="quote-inline">RE: ${renderLink(url)}</p>${content}`
}
