import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import type { Ctx } from '#src/context.ts'
import { ImageRefused } from '#src/core/images/refused.ts'
import { mayPass, OutboundError } from '#src/core/outbound/error.ts'
import { fetchPage } from '#src/core/pages.ts'
import { transaction } from '#src/db/client.ts'
import { Problem } from '#src/errors.ts'
import { findActorByAcct } from '#src/features/actors/queries.ts'
import type { ImageProcess } from '#src/features/media/service.ts'
import { type OembedFacts, readOembed } from './oembed.ts'
import { type PageFacts, readPage } from './page.ts'
import { type CardFacts, type DueCard, storeCard, storeCardFailure } from './queries.ts'

const oembedBytes = 64 * 1024
const oembedMs = 5_000
const imageBytes = 8 * 1024 * 1024
const imageMs = 15_000

/** The long edges of a card's picture, in pixels. */
const imageEdges = [400, 1_200]

const minute = 60_000

/** What fails for a reason that may pass is tried again this often, each time after a longer pause. */
const retryAfterMs = [10 * minute, 60 * minute]

/**
 * Reads the page of a card, with its oEmbed document and its picture, and writes what they say. A page that cannot be read changes nothing
 * of what was read before, and that it failed is remembered.
 * @throws what is a fault of ours
 */
export async function readCard(ctx: Ctx, pictures: ImageProcess, card: DueCard): Promise<void> {
  try {
    const facts = await gather(ctx, card.url)
    if (!facts) return await fail(ctx, card, 'there is nothing to show of it', false)
    const image = await storeImage(ctx, pictures, { url: facts.imageUrl, key: card.spareKey })
    const stored = await transaction(ctx.db, (tx) => storeCard(tx, card.id, { ...facts.card, ...image }, ctx.now()))
    const { spareKey } = stored ?? card
    if (spareKey) await ctx.storage.removeFolder(spareKey)
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error
    await fail(ctx, card, error.message, mayPass(error))
  }
}

async function fail(ctx: Ctx, card: DueCard, reason: string, isWorthAnother: boolean): Promise<void> {
  ctx.log.info({ cardId: card.id, host: new URL(card.url).host, reason }, 'a linked page was not read')
  const pause = isWorthAnother ? retryAfterMs[card.failures] : undefined
  const now = ctx.now()
  await storeCardFailure(ctx.db, card.id, { now, dueAt: pause === undefined ? null : new Date(now.getTime() + pause) })
}

type Gathered = Readonly<{ card: CardFacts; imageUrl: string | null }>

/** Null when there is no title, and so nothing that would make a card. */
async function gather(ctx: Ctx, url: string): Promise<Gathered | null> {
  const page = await fetchPage(ctx.fetcher, url)
  const said = readPage(page)
  if (!said) return null
  const embed = said.oembedUrl ? await fetchOembed(ctx, said.oembedUrl, page.url) : null
  const title = said.title || (embed?.title ?? '')
  return title === '' ? null : toFacts(said, embed, { title, creatorId: await findCreator(ctx, said.creator) })
}

function toFacts(
  said: PageFacts,
  embed: OembedFacts | null,
  { title, creatorId }: { title: string; creatorId: string | null },
): Gathered {
  const { description, language, publishedAt, imageDescription } = said
  const isPhoto = embed?.type === 'photo'
  return {
    imageUrl: isPhoto ? embed.imageUrl : (said.imageUrl ?? embed?.imageUrl ?? null),
    card: {
      ...{ title, description, language, publishedAt, imageDescription, creatorId },
      type: embed?.type ?? 'link',
      providerName: said.providerName || (embed?.providerName ?? ''),
      providerUrl: embed?.providerUrl ?? '',
      authorName: embed?.authorName || said.authorName,
      authorUrl: embed?.authorUrl || said.authorUrl,
      frameUrl: embed?.frame?.url ?? null,
      frameWidth: embed?.frame?.width ?? null,
      frameHeight: embed?.frame?.height ?? null,
    },
  }
}

/** A page without its oEmbed document is a page all the same. */
async function fetchOembed(ctx: Ctx, url: string, base: string): Promise<OembedFacts | null> {
  try {
    const how = { accept: 'application/json', maxBytes: oembedBytes, deadlineMs: oembedMs }
    const { status, body } = await ctx.fetcher.get(url, how)
    return status === 200 ? readOembed(parse(body), { base, ownUrl: ctx.config.publicUrl }) : null
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error
    ctx.log.info({ host: new URL(url).host, code: error.code }, 'an oEmbed document was not read')
    return null
  }
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return null
  }
}

/** Whom a page names as its author, if they are known here; whether they want to be named is asked when the card is shown. */
async function findCreator(ctx: Ctx, acct: string | null): Promise<string | null> {
  const [user = '', host = ''] = acct?.split('@') ?? []
  if (user === '') return null
  const isOurs = host === ctx.config.handleHost || host === new URL(ctx.config.publicUrl).host
  const actor = await findActorByAcct(ctx.db, user, isOurs ? null : host)
  return actor && !actor.deletedAt ? actor.id : null
}

type StoredImage = Pick<CardFacts, 'imageWidth' | 'imageHeight' | 'blurhash' | 'imageVariants'>

const noImage: StoredImage = { imageWidth: null, imageHeight: null, blurhash: null, imageVariants: [] }

/** Our own copy of a page's picture, made anew like every other; a card without one is a card all the same. */
async function storeImage(
  ctx: Ctx,
  pictures: ImageProcess,
  { url, key }: { url: string | null; key: string },
): Promise<StoredImage> {
  // A process that was killed may have left something there.
  await ctx.storage.clearTemporary(key)
  await ctx.storage.removeFolder(key)
  if (!url) return noImage
  try {
    const answer = await ctx.fetcher.stream(url, { accept: 'image/*', maxBytes: imageBytes, deadlineMs: imageMs })
    await ctx.storage.put(`${key}/upload`, answer.body, { maxBytes: imageBytes })
    return await makeSizes(ctx, pictures, key)
  } catch (error) {
    await ctx.storage.removeFolder(key)
    if (!isTheirs(error)) throw error
    ctx.log.info({ host: new URL(url).host, err: error }, 'the picture of a linked page was not taken')
    return noImage
  }
}

/** Whether it is the picture's own fault: it cannot be had or cannot be read. */
function isTheirs(error: unknown): boolean {
  if (error instanceof OutboundError || error instanceof ImageRefused) return true
  if (error instanceof Problem) return error.code === 'too_large'
  return error instanceof Error && 'isRetryable' in error && error.isRetryable === false
}

async function makeSizes(ctx: Ctx, pictures: ImageProcess, key: string): Promise<StoredImage> {
  const made = await ctx.storage.withPath(`${key}/upload`, (inputPath) =>
    ctx.storage.withScratch(key, async (outputDir) => {
      const image = await pictures.run({ inputPath, outputDir, edges: imageEdges })
      for (const { file } of image.variants) {
        await ctx.storage.put(`${key}/${file}`, createReadStream(join(outputDir, file)))
      }
      return image
    }),
  )
  if (!made) throw new Error('the picture of a linked page was lost while it was read')
  await ctx.storage.remove(`${key}/upload`)
  const { width: imageWidth, height: imageHeight, blurhash, variants: imageVariants } = made
  return { imageWidth, imageHeight, blurhash, imageVariants }
}
