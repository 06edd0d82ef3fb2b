import { z } from 'zod'
import { accountShapes } from './account-shapes.ts'
import { scalars } from './scalars.ts'

const { url, datetime, count, numeral } = scalars

/** An address, or nothing where the page says none. */
const maybeUrl = z.union([url, z.literal('')])

const cardFields = {
  url,
  title: z.string().min(1),
  description: z.string(),
  language: z.string().min(2).nullable(),
  type: z.enum(['link', 'photo', 'video', 'rich']),
  authors: z.array(z.strictObject({ name: z.string(), url: maybeUrl, account: accountShapes.Account.nullable() })),
  author_name: z.string(),
  author_url: maybeUrl,
  provider_name: z.string(),
  provider_url: maybeUrl,
  html: z.string(),
  width: count,
  height: count,
  image: url.nullable(),
  image_description: z.string(),
  embed_url: maybeUrl,
  blurhash: z.string().min(6).nullable(),
  published_at: datetime.nullable(),
  missing_attribution: z.boolean().nullable(),
}

/** What a linked page says of itself. Mastodon sends `language` and `image_description` too, without documenting them. */
const PreviewCard = z.strictObject(cardFields)

/** A linked page with its last seven days. */
const TrendingLink = z.strictObject({
  ...cardFields,
  history: z.array(z.strictObject({ day: numeral, uses: numeral, accounts: numeral })).length(7),
})

/** How a post is shown on another site. @see https://oembed.com */
const Oembed = z.strictObject({
  type: z.literal('rich'),
  version: z.literal('1.0'),
  title: z.string().min(1),
  author_name: z.string().min(1),
  author_url: url,
  provider_name: z.string().min(1),
  provider_url: url,
  cache_age: count,
  html: z.string().startsWith('<iframe '),
  width: count,
  height: count,
})

/** Linked pages, and posts on other pages. */
export const cardShapes = { PreviewCard, TrendingLink, Oembed }
