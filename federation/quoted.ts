import type { Ctx } from '#src/context.ts'
import { type Actor, findActor } from '#src/features/actors/queries.ts'
import type { Post } from '#src/features/posts/queries.ts'
import { isOpen, type QuoteGroup, type QuoteGroups } from '#src/features/posts/quote-policy.ts'
import type { RemoteQuote } from '#src/features/posts/receive-quotes.ts'
import { publicAudience } from './context.ts'
import { fetchDocument } from './documents.ts'
import { isSameOrigin } from './origin.ts'
import { isRefused } from './read/json.ts'
import type { ReadNote } from './read/note.ts'
import { readQuoteAuthorization } from './read/quote.ts'

/** How a quoted post is found: known here, or read from its server. */
export type FindQuoted = (iri: string) => Promise<Post | null>

/**
 * What a remote post quotes. The quoted post is read from its server, and so is the consent of its author: what the quoting post says of that
 * proves nothing.
 * @see https://w3id.org/fep/044f
 */
export async function resolveQuote(
  ctx: Ctx,
  { note, author }: Readonly<{ note: ReadNote; author: Actor }>,
  find: FindQuoted,
): Promise<RemoteQuote | null> {
  const { quote: iri, isLegacyQuote: isLegacy, quoteAuthorization: authorizationIri } = note
  if (!iri || iri === note.iri) return null
  const unknown = (error: unknown) => {
    ctx.log.info({ iri, err: error }, 'a quote could not be looked into')
    return null
  }
  const found = await find(iri).catch(unknown)
  const quoted = found && !found.boostOfId ? found : null
  const quotedAuthor = quoted && (await findActor(ctx.db, quoted.actorId))
  const isAuthorized =
    quoted && quotedAuthor ? await isAgreed(ctx, { note, author, quoted, quotedAuthor }).catch(unknown) : null
  // The id by which its own server knows it; other addresses lead there too.
  const quotedIri = quoted ? quoted.iri : ctx.uris.read(iri) ? null : iri
  if (!quoted && quotedIri === null) return null
  return { quotedId: quoted?.id ?? null, quotedIri, isLegacy, authorizationIri, isAuthorized }
}

type Quotation = Readonly<{ note: ReadNote; author: Actor; quoted: Post; quotedAuthor: Actor }>

async function isAgreed(ctx: Ctx, { note, author, quoted, quotedAuthor }: Quotation): Promise<boolean | null> {
  if (quotedAuthor.id === author.id) return true
  // Of ours we know ourselves to what their authors have agreed.
  if (quoted.iri === null) return null
  const { quoteAuthorization: stamp } = note
  if (!stamp || !isOpen(quoted.visibility) || !isSameOrigin(stamp, quotedAuthor.iri ?? '')) return false
  const fetched = await fetchDocument(ctx, stamp)
  if (isRefused(fetched)) return false
  const authorization = fetched.iri === stamp ? readQuoteAuthorization(fetched.document) : null
  return (
    authorization?.attributedTo === quotedAuthor.iri &&
    authorization.interactingObject === note.iri &&
    authorization.interactionTarget === quoted.iri
  )
}

/** Who may quote a remote post, in our words. Its author needs nobody's leave. */
export function readQuoteGroups(note: ReadNote, author: Actor): QuoteGroups {
  const toGroups = (addresses: readonly string[]) => [
    ...new Set(addresses.flatMap((address) => groupOf(address, author) ?? [])),
  ]
  return { quoteAutomatic: toGroups(note.quoteAutomatic), quoteManual: toGroups(note.quoteManual) }
}

function groupOf(address: string, author: Actor): QuoteGroup | null {
  if (address === author.iri) return null
  if (address === publicAudience) return 'public'
  if (address === author.followersIri) return 'followers'
  return address === author.followingIri ? 'following' : 'unsupported_policy'
}
