import type { Ctx } from '#src/context.ts'
import { decodePage, listAnchors, listSelves } from '#src/core/hypertext.ts'
import { mayPass, OutboundError } from '#src/core/outbound/error.ts'
import { fetchPage, isHypertext } from '#src/core/pages.ts'
import { transaction } from '#src/db/client.ts'
import { actorIri, actorUrl } from '#src/features/actors/entity.ts'
import { claimDueProfiles, type DueProfile, lockFields, storeLinks } from './queries.ts'

/** Profiles looked at side by side: the time goes to waiting for their sites. */
const mostAtOnce = 4

/** All pages of a profile take less than this, in milliseconds. */
const leaseMs = 60_000

const day = 24 * 60 * 60_000

/** What was said is asked again after a week, what could not be asked after a day. */
const againAfterMs = { said: 7 * day, silent: day }

/** What a page says of whether it belongs to somebody: yes, no, or nothing, because it could not be read this time. */
type Word = 'theirs' | 'not theirs' | 'silent'

/**
 * Reads the pages to which profiles link, as far as they are due, ours and those of other servers: a line is proven while the page behind it links back with
 * `rel="me"`, to the actor or its page. A proof that fails is taken away without a word.
 * @see https://docs.joinmastodon.org/user/profile/#verification
 */
export async function checkDueLinks(ctx: Ctx): Promise<void> {
  const claim = () => {
    const now = ctx.now()
    return claimDueProfiles(ctx.db, { limit: mostAtOnce, now, leaseUntil: new Date(now.getTime() + leaseMs) })
  }
  for (let due = await claim(); due.length > 0; due = await claim()) {
    await Promise.all(due.map((profile) => checkLinks(ctx, profile)))
  }
}

async function checkLinks(ctx: Ctx, profile: DueProfile): Promise<void> {
  const links = [...new Set(profile.fields.flatMap(({ value }) => linkOf(ctx, value) ?? []))]
  const words = new Map(await Promise.all(links.map(async (link) => [link, await ask(ctx, profile, link)] as const)))
  const now = ctx.now()
  await transaction(ctx.db, async (tx) => {
    const fields = await lockFields(tx, profile)
    if (!fields) return
    const asked = fields.map((field) => {
      const word = words.get(linkOf(ctx, field.value) ?? '') ?? 'not theirs'
      return word === 'silent' ? field : { ...field, verifiedAt: provenAt(word, field.verifiedAt, now) }
    })
    await storeLinks(tx, profile.id, { fields: asked, linksDueAt: nextAt([...words.values()], now) })
  })
}

function provenAt(word: Exclude<Word, 'silent'>, since: string | null, now: Date): string | null {
  return word === 'theirs' ? (since ?? now.toISOString()) : null
}

function nextAt(words: readonly Word[], now: Date): Date | null {
  if (words.length === 0) return null
  const afterMs = words.includes('silent') ? againAfterMs.silent : againAfterMs.said
  return new Date(now.getTime() + afterMs)
}

/**
 * The address that a line consists of, and of nothing else: behind more text nobody would see what was proven. Over https, since others
 * could answer for the page; where the instance itself is not, on a machine of somebody who tries it out, over http too.
 */
function linkOf(ctx: Ctx, html: string): string | null {
  const [anchor, ...more] = listAnchors(html)
  if (!anchor || more.length > 0 || html.replaceAll(/<[^>]*>/g, '').trim() !== anchor.text.trim()) return null
  const url = URL.parse(anchor.href)
  if (!url || url.username || url.password) return null
  return url.protocol === 'https:' || (url.protocol === 'http:' && ctx.config.publicUrl.startsWith('http:'))
    ? url.href
    : null
}

async function ask(ctx: Ctx, profile: DueProfile, link: string): Promise<Word> {
  const { host } = new URL(link)
  try {
    const page = await fetchPage(ctx.fetcher, link)
    // A page elsewhere, to which the site only leads, is somebody else's word.
    if (!isHypertext(page) || siteOf(new URL(page.url).host) !== siteOf(host)) return 'not theirs'
    const selves = listSelves(decodePage(page.body, page.contentType))
    const names = new Set([actorIri(ctx.uris, profile), actorUrl(ctx.uris, profile)].map((name) => plain(name)))
    return selves.some((self) => names.has(plain(self, page.url))) ? 'theirs' : 'not theirs'
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error
    return mayPass(error) ? 'silent' : 'not theirs'
  }
}

const siteOf = (host: string) => host.replace(/^www\./, '')

/** An address as it is compared: neither its part after `#` nor a slash at its end make it another. */
function plain(address: string, base?: string): string {
  const url = URL.parse(address, base)
  return url ? `${url.origin}${url.pathname.replace(/\/$/, '')}${url.search}` : ''
}
