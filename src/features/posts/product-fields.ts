import type { Ctx } from '#src/context.ts'
import { isId } from '#src/core/ids.ts'
import { productLimits } from '#src/features/products/policy.ts'
import type { ProductWish } from '#src/features/products/posted.ts'
import type { PostedRow } from '#src/features/products/posted-queries.ts'
import { listProductsById, listProductsOf } from '#src/features/products/queries.ts'

/** As many are offered in the form, the newest. */
const mostOffered = 200

/** What an actor sells, for a choice; what was chosen stays one, however old it is. */
export async function listWares(
  ctx: Pick<Ctx, 'db'>,
  actorId: string,
  chosenIds: readonly string[],
): Promise<{ id: string; label: string }[]> {
  const newest = await listProductsOf(ctx.db, { actorId, isTeam: false }, { limit: mostOffered })
  const offered = new Set(newest.map(({ id }) => id))
  const older = await listProductsById(
    ctx.db,
    chosenIds.filter((id) => !offered.has(id)),
  )
  const own = older.filter((product) => product.actorId === actorId && product.state !== 'gone')
  return [...newest, ...own].map(({ id, name }) => ({ id, label: name }))
}

/** One product of the form for a post, as it was chosen and typed: `picture` counts from 1, places are in percent. */
export type ProductInput = Readonly<{ productId: string; picture: string; left: string; top: string }>

/** The products of a form: `product-1`, with `product-picture-1`, `product-left-1` and `product-top-1`. */
export function readProductInputs(fields: ReadonlyMap<string, string>): ProductInput[] {
  const places = Array.from({ length: productLimits.inPost }, (_, at) => at + 1)
  return places.flatMap((number) => {
    const of = (name: string) => (fields.get(`product-${name}${number}`) ?? '').trim()
    const productId = of('')
    if (!isId(productId)) return []
    return { productId, picture: of('picture-'), left: of('left-'), top: of('top-') }
  })
}

/** The same as wishes. What stands on no picture of the post is only in the list. */
export function toProductWishes(inputs: readonly ProductInput[], mediaIds: readonly string[]): ProductWish[] {
  return inputs.map(({ productId, picture, left, top }) => {
    const mediaId = mediaIds[Number(picture) - 1]
    return { productId, spot: mediaId ? { mediaId, x: toPart(left), y: toPart(top) } : null }
  })
}

/** The middle, where nothing was typed that is a percentage. */
function toPart(text: string): number {
  const percent = Number(text.replace(',', '.') || Number.NaN)
  return percent >= 0 && percent <= 100 ? percent / 100 : 0.5
}

/** What a post shows for sale, as the form has it. */
export function productInputsOf(posted: readonly PostedRow[], mediaIds: readonly string[]): ProductInput[] {
  return posted.flatMap(({ productId, mediaId, x, y }) => {
    if (!productId) return []
    const at = mediaId ? mediaIds.indexOf(mediaId) : -1
    const percent = (part: number | null) => (at >= 0 && part !== null ? String(Math.round(part * 1_000) / 10) : '')
    return { productId, picture: at >= 0 ? String(at + 1) : '', left: percent(x), top: percent(y) }
  })
}
