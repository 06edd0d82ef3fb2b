import type { Ctx } from '#src/context.ts'
import { isId } from '#src/core/ids.ts'
import { notFound } from '#src/errors.ts'
import { loadAccounts } from '#src/features/actors/accounts.ts'
import type { Account } from '#src/features/actors/entity.ts'
import { creatorOf, type PreviewCard, toPreviewCard } from '#src/features/cards/entity.ts'
import { type CustomEmoji, toEmoji } from '#src/features/emoji/entity.ts'
import type { FilterResult } from '#src/features/filters/entity.ts'
import { type Onlooker, type PictureAddresses, pictureAddresses } from '#src/features/media/addresses.ts'
import { type MediaAttachment, toMediaAttachment } from '#src/features/media/entity.ts'
import { type Poll, toPoll } from '#src/features/polls/entity.ts'
import { type ApiPostedProduct, toApiPosted } from '#src/features/products/entity.ts'
import { withOfferLines } from '#src/features/products/lines.ts'
import { loadPosted, type PostedProduct } from '#src/features/products/posted.ts'
import type { PostedRow } from '#src/features/products/posted-queries.ts'
import { type Finder, findResults, loadFinder } from './filtered.ts'
import type { Visibility } from './queries.ts'
import {
  type Quote,
  type QuoteApproval,
  quotedIdOf,
  type ShallowQuote,
  standingOf,
  toQuoteApproval,
  withQuotedLink,
} from './quote-entity.ts'
import { listRowsWithQuoted } from './quoted-rows.ts'
import { type StatusReaction, toStatusReactions } from './reactions.ts'
import type { MentionRow, StatusRow } from './status-queries.ts'

/** Visibility in the words of the client API. */
export type ApiVisibility = 'public' | 'unlisted' | 'private' | 'direct'

/** What a status tells only its reader about itself; left out for readers whom we do not know. */
export type ReaderState = Readonly<{
  favourited: boolean
  reblogged: boolean
  muted: boolean
  bookmarked: boolean
  filtered: readonly FilterResult[]
}>

/** @see https://docs.joinmastodon.org/entities/Status/ */
export type Status = Readonly<{
  id: string
  created_at: string
  in_reply_to_id: string | null
  in_reply_to_account_id: string | null
  sensitive: boolean
  spoiler_text: string
  visibility: ApiVisibility
  language: string | null
  uri: string
  url: string | null
  replies_count: number
  reblogs_count: number
  favourites_count: number
  quotes_count: number
  edited_at: string | null
  content: string
  text: string | null
  reblog: Status | null
  account: Account
  media_attachments: readonly MediaAttachment[]
  mentions: readonly { id: string; username: string; url: string; acct: string }[]
  tags: readonly { name: string; url: string }[]
  emojis: readonly CustomEmoji[]
  card: PreviewCard | null
  poll: Poll<CustomEmoji> | null
  quote: Quote<Status> | ShallowQuote | null
  quote_approval: QuoteApproval
  tagged_collections: readonly never[]
  /** What this instance says beyond Mastodon, where there is something to say. */
  entremise?: Readonly<{ products: readonly ApiPostedProduct[] }>
  /** The emojis with which others have reacted, as glitch-soc has them; they are counted apart from favourites. */
  reactions?: readonly StatusReaction[]
  application?: { name: string; website: string | null }
  pinned?: boolean
}> &
  Partial<ReaderState>

const apiVisibilities = { public: 'public', unlisted: 'unlisted', followers: 'private', direct: 'direct' } as const

/** Our word for who may read in the client API's. */
export function toApiVisibility(visibility: Visibility): ApiVisibility {
  return apiVisibilities[visibility]
}

/** Everything that the statuses of one answer are made of, by id. */
type Parts = Readonly<{
  readerId: string | null
  rows: ReadonlyMap<string, StatusRow>
  accounts: ReadonlyMap<string, Account>
  addresses: PictureAddresses
  finder: Finder
  posted: ReadonlyMap<PostedRow, PostedProduct>
}>

/**
 * The statuses of posts as an actor (null: somebody whom we do not know) sees them, in the order of the ids; what they may not see is
 * left out. The number of queries does not depend on the number of posts.
 */
export async function loadStatuses(ctx: Ctx, readerId: string | null, postIds: readonly string[]): Promise<Status[]> {
  const parts = await loadParts(ctx, readerId, postIds)
  return parts ? postIds.flatMap((id) => statusOf(ctx, parts, id) ?? []) : []
}

/** One post as the quote in another one; null when it is not there for this reader. */
export async function findQuotedStatus(ctx: Ctx, readerId: string | null, postId: string): Promise<Status | null> {
  const parts = await loadParts(ctx, readerId, [postId])
  return parts && statusOf(ctx, parts, postId, true)
}

async function loadParts(ctx: Ctx, readerId: string | null, postIds: readonly string[]): Promise<Parts | null> {
  if (postIds.length === 0) return null
  const rows = await listRowsWithQuoted(ctx, readerId, postIds)
  if (rows.length === 0) return null
  const authors = rows.flatMap(({ actorId: id, actorVersion: version, card }) =>
    [{ id, version }, creatorOf(card) ?? []].flat(),
  )
  const [accounts, addresses, finder, posted] = await Promise.all([
    loadAccounts(ctx, authors),
    pictureAddresses(ctx),
    loadFinder(ctx, readerId, rows),
    loadPosted(
      ctx,
      rows.map(({ products }) => products),
    ),
  ])
  return { readerId, rows: new Map(rows.map((row) => [row.id, row])), accounts, addresses, finder, posted }
}

/** One status. @throws Problem `notFound` when it is not there for this reader */
export async function getStatus(ctx: Ctx, readerId: string | null, postId: string): Promise<Status> {
  const [status] = isId(postId) ? await loadStatuses(ctx, readerId, [postId]) : []
  if (!status) throw notFound()
  return status
}

function statusOf(ctx: Ctx, parts: Parts, id: string, isQuoted = false): Status | null {
  const row = parts.rows.get(id)
  const account = row && parts.accounts.get(row.actorId)
  if (!row || !account) return null
  const reblog = row.boostOfId ? statusOf(ctx, parts, row.boostOfId) : null
  // Its original was deleted between two queries.
  if (row.boostOfId && !reblog) return null
  return toStatus(ctx, parts, { row, account, reblog, quote: quoteIn(ctx, parts, row, isQuoted) })
}

/** A quote in a quote is only named. */
function quoteIn(ctx: Ctx, parts: Parts, { quote }: StatusRow, isQuoted: boolean): Status['quote'] {
  const [state, quotedId] = [standingOf(quote), quotedIdOf(quote)]
  if (!state) return null
  if (isQuoted) return { state, quoted_status_id: quotedId }
  const status = quotedId && statusOf(ctx, parts, quotedId, true)
  // It was deleted between two queries.
  return status || !quotedId ? { state, quoted_status: status || null } : { state: 'deleted', quoted_status: null }
}

function toStatus(
  ctx: Ctx,
  parts: Parts,
  { row, account, reblog, quote }: Pick<Status, 'account' | 'reblog' | 'quote'> & { row: StatusRow },
): Status {
  const uri = uriOf(ctx, row)
  return {
    id: row.id,
    created_at: row.publishedAt.toISOString(),
    in_reply_to_id: row.isParentGone ? null : row.inReplyToId,
    in_reply_to_account_id: row.inReplyToActorId,
    sensitive: row.isSensitive,
    spoiler_text: row.spoilerText,
    visibility: toApiVisibility(row.visibility),
    language: row.language,
    uri,
    url: urlOf(ctx, row) ?? uri,
    replies_count: row.repliesCount,
    reblogs_count: row.boostsCount,
    favourites_count: row.likesCount,
    quotes_count: row.quotesCount,
    edited_at: row.editedAt?.toISOString() ?? null,
    content: withQuotedLink(ctx.uris, { ...row, content: contentOf(ctx, parts, row), isOurs: row.iri === null }),
    text: null,
    reblog,
    account,
    media_attachments: toAttachments(parts, row),
    mentions: (row.mentions ?? []).map((mention) => toMention(ctx, mention)),
    tags: (row.hashtags ?? []).map(({ name, label }) => ({ name: label, url: ctx.uris.tag(name) })),
    emojis: row.emojis.map((use) => toEmoji(ctx.uris, use)),
    card: row.card && toPreviewCard(ctx, row.card, parts),
    poll: pollIn(ctx, parts, row),
    quote,
    quote_approval: toQuoteApproval(row, parts.readerId),
    tagged_collections: [],
    ...toStatusReactions(ctx.uris, row.reactions),
    ...forSale(ctx, parts, row),
    ...readerState(parts, row),
  }
}

/** Other servers send the lines along. */
function contentOf(ctx: Ctx, { posted }: Parts, row: StatusRow): string {
  if (row.iri !== null || !row.products) return row.content
  const { actorId: authorId, language } = row
  return withOfferLines(ctx, row.content, {
    posted: row.products.flatMap((place) => posted.get(place) ?? []),
    authorId,
    language,
  })
}

function forSale(ctx: Ctx, { addresses, posted }: Parts, row: StatusRow): Pick<Status, 'entremise'> {
  const products = (row.products ?? []).flatMap((place) => {
    const found = posted.get(place)
    return (found && toApiPosted(ctx, found, { addresses, authorId: row.actorId })) ?? []
  })
  return products.length > 0 ? { entremise: { products } } : {}
}

function readerState({ readerId, rows, finder }: Parts, row: StatusRow): Partial<Status> {
  if (readerId === null) return {}
  const isOwn = row.actorId === readerId
  const isPinnable = isOwn && row.boostOfId === null && row.visibility !== 'direct'
  return {
    favourited: row.isLiked,
    reblogged: row.isBoosted,
    muted: row.isMuted,
    bookmarked: row.isBookmarked,
    filtered: findResults(finder, row, row.boostOfId ? rows.get(row.boostOfId) : undefined),
    ...(isPinnable ? { pinned: row.isPinned } : {}),
    ...(row.appName === null ? {} : { application: { name: row.appName, website: row.appWebsite } }),
  }
}

function pollIn(ctx: Ctx, { readerId }: Parts, { poll, actorId, emojis }: StatusRow): Poll<CustomEmoji> | null {
  if (!poll) return null
  const reader = readerId === null ? null : { isOwn: actorId === readerId }
  return toPoll(poll, { now: ctx.now(), reader, emojis: emojis.map((use) => toEmoji(ctx.uris, use)) })
}

function toAttachments({ addresses, readerId }: Parts, row: StatusRow): MediaAttachment[] {
  const onlooker = toOnlooker(row.visibility, readerId)
  return (row.pictures ?? []).map((picture) => toMediaAttachment(picture, addresses, onlooker))
}

/** For whom the addresses of a post's pictures are made: those of a post that is not for everybody are good for its reader alone. */
export function toOnlooker(visibility: Visibility, readerId: string | null): Onlooker {
  const isOpen = visibility === 'public' || visibility === 'unlisted'
  return isOpen || readerId === null ? 'everybody' : { actorId: readerId }
}

/** A boost has no document of its own but the activity that makes it. */
function uriOf(ctx: Ctx, row: StatusRow): string {
  if (row.boostOfId) return row.activityIri ?? ctx.uris.activity(row.effectId ?? row.id)
  return row.iri ?? ctx.uris.post(row.handle, row.id)
}

function urlOf(ctx: Ctx, row: StatusRow): string | null {
  return row.boostOfId || row.iri ? row.url : ctx.uris.postPage(row.handle, row.id)
}

function toMention(ctx: Ctx, mention: MentionRow): Status['mentions'][number] {
  const { actorId: id, handle: username, host } = mention
  if (host === null) return { id, username, url: ctx.uris.profile(username), acct: username }
  return { id, username, url: mention.url ?? mention.iri ?? '', acct: `${username}@${host}` }
}
