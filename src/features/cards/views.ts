import type { Ctx } from '#src/context.ts'
import type { LinkCardValue } from '#src/web/components/link-card.ts'
import type { PictureSize, PictureValue } from '#src/web/components/picture.ts'
import type { CardRow } from './queries.ts'

/**
 * A card as pages show it.
 * @param isCovered what the post shows is covered, and so is the picture of what it links to
 */
export function toLinkCard(ctx: Pick<Ctx, 'uris'>, card: CardRow, isCovered: boolean): LinkCardValue {
  const { url, title, description, language, authorName } = card
  const host = new URL(url).host.replace(/^www\./, '')
  return {
    href: url,
    site: card.providerName || host,
    title,
    description,
    author: authorName === card.providerName ? '' : authorName,
    language,
    picture: isCovered ? null : toPicture(ctx, card),
  }
}

function toPicture({ uris }: Pick<Ctx, 'uris'>, card: CardRow): PictureValue | null {
  const { imageKey: key, imageVariants, imageWidth: width, imageHeight: height, blurhash } = card
  if (!key) return null
  const sizesIn = (mime: string): PictureSize[] =>
    imageVariants
      .filter((variant) => variant.mime === mime)
      .map(({ file, width: wide }) => ({ url: uris.cardImage(key, file), width: wide }))
  const sizes = sizesIn('image/jpeg')
  const src = sizes.at(-1)?.url ?? null
  return { src, sizes, webp: sizesIn('image/webp'), width, height, alt: card.imageDescription, blurhash, focus: null }
}
