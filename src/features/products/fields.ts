import { z } from 'zod'
import { ifSent, textList } from '#src/http/zod.ts'
import type { TypedProduct } from './input.ts'
import type { ProductWish } from './posted.ts'

/** Numbers and truth values are texts too: forms cannot tell them apart. */
const word = z.union([z.string(), z.number(), z.boolean()], ifSent('must be a text')).transform(String).optional()

/** The body of a product: all of it is optional, since a change names only what changes. */
export const productBody = z.object({
  name: word,
  description: word,
  state: word,
  price: word,
  currency: word,
  tax_rate: word,
  stock: word,
  sku: word,
  shop_url: word,
  delivery_price: word,
  delivery_text: word,
  pickup: word,
  pickup_text: word,
  media_ids: textList.optional(),
})

/** What a body says of a product, over what was there. */
export function toTyped({ media_ids: _, ...body }: z.output<typeof productBody>, before: TypedProduct): TypedProduct {
  const said = Object.entries(body).filter(([, value]) => value !== undefined)
  return { ...before, ...Object.fromEntries(said) }
}

const part = z.coerce.number().min(0, 'must be from 0 to 1').max(1, 'must be from 0 to 1').nullish()
const someId = z.union([z.string(), z.number()]).transform(String)

/** What a status shows for sale, as clients send it: `entremise[products][][id]` in forms. */
export const entremiseField = z
  .object({
    products: z.array(z.object({ id: someId, media_id: someId.nullish(), x: part, y: part })).nullish(),
  })
  .nullish()

/** The same as wishes; undefined when nothing was said of it. */
export function toWishes(field: z.output<typeof entremiseField>): ProductWish[] | undefined {
  return field?.products?.map(({ id, media_id: mediaId, x, y }) => {
    const spot = mediaId ? { mediaId, x: x ?? 0.5, y: y ?? 0.5 } : null
    return { productId: id, spot }
  })
}
