import type { Ctx } from '#src/context.ts'
import { escapeHtml } from '#src/core/sanitize.ts'
import { loadAccounts } from '#src/features/actors/accounts.ts'
import type { Account } from '#src/features/actors/entity.ts'
import { type CardRow, listCards } from './queries.ts'

/** @see https://docs.joinmastodon.org/entities/PreviewCardAuthor/ */
export type PreviewCardAuthor = Readonly<{ name: string; url: string; account: Account | null }>

/** @see https://docs.joinmastodon.org/entities/PreviewCard/ */
export type PreviewCard = Readonly<{
  url: string
  title: string
  description: string
  language: string | null
  type: 'link' | 'photo' | 'video'
  authors: readonly PreviewCardAuthor[]
  author_name: string
  author_url: string
  provider_name: string
  provider_url: string
  html: string
  width: number
  height: number
  image: string | null
  image_description: string
  embed_url: string
  blurhash: string | null
  published_at: string | null
  missing_attribution: boolean | null
}>

/** For whom a card is made: the accounts of the authors that cards name, and who reads (null: somebody whom we do not know). */
export type CardReader = Readonly<{ readerId: string | null; accounts: ReadonlyMap<string, Account> }>

/** Cards by their ids, in two queries however many they are; those whose page was not read yet are left out. */
export async function loadPreviewCards(
  ctx: Ctx,
  readerId: string | null,
  cardIds: readonly string[],
): Promise<Map<string, PreviewCard>> {
  const rows = await listCards(ctx.db, cardIds)
  const accounts = await loadAccounts(
    ctx,
    [...rows.values()].flatMap((row) => creatorOf(row) ?? []),
  )
  return new Map([...rows].map(([id, row]) => [id, toPreviewCard(ctx, row, { readerId, accounts })]))
}

/** Whom a card may name as its author, with the version of their row: only who says that the site is theirs. */
export function creatorOf(card: CardRow | null): { id: string; version: string } | null {
  if (!card?.creator || !isOnTheirSite(card)) return null
  const { id, version } = card.creator
  return { id, version }
}

/** What stands below a domain belongs to it. */
function isOnTheirSite({ url, creator }: CardRow): boolean {
  const host = new URL(url).hostname
  // They may have written it with accents.
  const sites = (creator?.domains ?? []).flatMap((domain) => URL.parse(`https://${domain}`)?.hostname ?? [])
  return sites.some((site) => host === site || host.endsWith(`.${site}`))
}

/** A card as clients read it. */
export function toPreviewCard(ctx: Pick<Ctx, 'uris'>, card: CardRow, { readerId, accounts }: CardReader): PreviewCard {
  const image = imageOf(ctx, card)
  const { url, title, description, language, type, authorName, authorUrl, providerName, providerUrl } = card
  const size = card.frameUrl
    ? { width: card.frameWidth ?? 0, height: card.frameHeight ?? 0 }
    : { width: card.imageWidth ?? 0, height: card.imageHeight ?? 0 }
  return {
    ...{ url, title, description, language, type },
    authors: toAuthors(card, accounts.get(creatorOf(card)?.id ?? '') ?? null),
    author_name: authorName,
    author_url: authorUrl,
    provider_name: providerName,
    provider_url: providerUrl,
    html: card.frameUrl ? frameHtml(card.frameUrl, size) : '',
    ...size,
    image,
    image_description: card.imageDescription,
    embed_url: type === 'photo' ? (image ?? '') : '',
    blurhash: card.blurhash,
    published_at: card.publishedAt && new Date(card.publishedAt).toISOString(),
    missing_attribution: readerId === null ? null : card.creator?.id === readerId && !isOnTheirSite(card),
  }
}

function toAuthors({ authorName, authorUrl }: CardRow, account: Account | null): PreviewCardAuthor[] {
  if (!account && authorName === '') return []
  return [{ name: authorName || (account?.display_name ?? ''), url: authorUrl || (account?.url ?? ''), account }]
}

/** The largest JPEG, since every client reads it. */
function imageOf({ uris }: Pick<Ctx, 'uris'>, { imageKey, imageVariants }: CardRow): string | null {
  const largest = imageVariants.filter(({ mime }) => mime === 'image/jpeg').at(-1)
  return imageKey && largest ? uris.cardImage(imageKey, largest.file) : null
}

/** A frame that may show and play what is in it, and that can reach nothing of the page around it. */
function frameHtml(src: string, { width, height }: { width: number; height: number }): string {
  const sandbox = 'allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-forms'
  return `<iframe src="${escapeHtml(src)}" width="${width}" height="${height}" sandbox="${sandbox}" allowfullscreen loading="lazy" referrerpolicy="strict-origin-when-cross-origin"></iframe>`
}
