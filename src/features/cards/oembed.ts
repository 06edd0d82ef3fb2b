import { z } from 'zod'
import { readOnlyFrame } from '#src/core/hypertext.ts'
import { lineOf, toHttpUrl } from './page.ts'

/** What a page's oEmbed document says; what it does not say is empty. */
export type OembedFacts = Readonly<{
  type: 'link' | 'photo' | 'video'
  title: string
  authorName: string
  authorUrl: string
  providerName: string
  providerUrl: string
  imageUrl: string | null
  /** Where what can be played is shown; null: nothing is played, whatever the document claims. */
  frame: Readonly<{ url: string; width: number; height: number }> | null
}>

const text = z.string().catch('')
/** Pixels, also as a text, as some write them. */
const pixels = z.coerce.number().int().positive().max(10_000).catch(0)

const document = z.object({
  type: text,
  title: text,
  author_name: text,
  author_url: text,
  provider_name: text,
  provider_url: text,
  thumbnail_url: text,
  url: text,
  html: text,
  width: pixels,
  height: pixels,
})

/**
 * Reads an oEmbed document. Of its HTML nothing is kept but the address of a frame, and only when it is nothing but one frame, of https and
 * not of our own host: what it contains would otherwise act on our pages.
 * @returns null when it is none
 * @see https://oembed.com
 */
export function readOembed(json: unknown, { base, ownUrl }: { base: string; ownUrl: string }): OembedFacts | null {
  const parsed = document.safeParse(json)
  if (!parsed.success) return null
  const said = parsed.data
  const address = (value: string) => toHttpUrl(value, base)
  const photo = said.type === 'photo' ? address(said.url) : null
  // As in Mastodon what is "rich" is a link: nearly all of it lives by scripts.
  const frame = said.type === 'video' ? frameOf(said, ownUrl) : null
  return {
    type: photo ? 'photo' : frame ? 'video' : 'link',
    title: lineOf(said.title, 300),
    authorName: lineOf(said.author_name),
    authorUrl: address(said.author_url) ?? '',
    providerName: lineOf(said.provider_name),
    providerUrl: address(said.provider_url) ?? '',
    imageUrl: photo ?? address(said.thumbnail_url),
    frame,
  }
}

function frameOf({ html, width, height }: z.output<typeof document>, ownUrl: string): OembedFacts['frame'] {
  const src = readOnlyFrame(html)?.src ?? ''
  const url = URL.parse(src.startsWith('//') ? `https:${src}` : src)
  if (url?.protocol !== 'https:' || url.username || url.password || url.href.length > 2_000) return null
  if (url.hostname === new URL(ownUrl).hostname) return null
  return { url: url.href, width: width || 480, height: height || 270 }
}
