import type { Page } from 'playwright-core'
import type { Ctx, Viewer } from '#src/context.ts'
import { products } from '#src/db/schema/products.ts'
import { orderPath } from '#src/features/orders/links.ts'
import { createProduct } from '#src/features/products/service.ts'
import { make } from './make.ts'
import { ware } from './products.ts'
import type { Screen } from './screens.ts'

const longName =
  'Panier de la vallée : pain, farine, miel de châtaignier, confiture de framboises et quelques surprises de saison'

/** What is sold in the house besides the shops of the demonstration, with the addresses at which it is seen. */
export async function stockShelves(ctx: Ctx, owner: Viewer) {
  const rows = await ctx.db.$client<{ id: string; name: string; stock: number | null }[]>`
    select id::text, name, stock from products where actor_id = ${owner.actorId}`
  const idOf = (word: string) => rows.find(({ name }) => name.includes(word))?.id ?? ''
  const long = await createProduct(ctx, owner, ware({ name: longName, stock: 2, source: 'Mot '.repeat(200) }))
  const farmer = await make.remoteActor(ctx, { handle: 'fermiere', name: 'La Fermière' })
  const [remote] = await ctx.db
    .insert(products)
    .values({
      ...{ actorId: farmer.id, iri: 'https://there.example/proposals/1', url: 'https://there.example/miel' },
      ...{
        state: 'on_sale',
        name: 'Miel de châtaignier',
        description: '<p>Un kilo.</p>',
        price: 1_450,
        currency: 'EUR',
      },
      ...{ takesOrders: true, primaryIri: 'https://there.example/proposals/1#primary', reciprocalIri: 'x' },
      ...{ fetchedAt: ctx.now(), triedAt: ctx.now(), publishedAt: ctx.now() },
    })
    .returning({ id: products.id })
  const orders = await ctx.db.$client<{ id: string; state: string; payment: string }[]>`
    select id::text, state, payment from orders where seller_id = ${owner.actorId} order by id`
  const pathOf = async (state: string, payment: string) => {
    const order = orders.find((one) => one.state === state && one.payment === payment)
    return orderPath(ctx, order?.id ?? '0')
  }
  return {
    product: `/@levain/products/${idOf('Farine')}`,
    soldOut: `/@levain/products/${idOf('Brioche')}`,
    longProduct: `/@levain/products/${long.id}`,
    editProduct: `/products/${long.id}/edit`,
    remoteProduct: `/@fermiere@there.example/products/${remote?.id}`,
    openOrder: await pathOf('open', 'transfer'),
    pickupOrder: await pathOf('open', 'pickup'),
    doneOrder: await pathOf('delivered', 'pickup'),
  }
}

type Shelves = Awaited<ReturnType<typeof stockShelves>>

/** The screens on which something is sold and bought. */
export function productScreens(places: Shelves): Screen[] {
  const submit = async (page: Page) => {
    await page.locator('form.checkout').evaluate((form: HTMLFormElement) => {
      form.noValidate = true
    })
    await page.locator('button[value="order"]').click()
    await page.waitForLoadState()
  }
  const table =
    'sku,name,price,tax_rate\nMICHE-1,Miche de campagne,7.20,5.5\nNEUF,Nouveau pain,4,5.5\nX,Faux,cher,5.5\n'
  return [
    { name: 'catalogue', who: 'stranger', path: '/@levain/products' },
    { name: 'catalogue-empty', who: 'newcomer', path: '/@neuf/products' },
    { name: 'product', who: 'stranger', path: places.product },
    { name: 'product-sold-out', who: 'stranger', path: places.soldOut },
    { name: 'product-long', who: 'owner', path: places.longProduct },
    { name: 'product-remote', who: 'newcomer', path: places.remoteProduct },
    { name: 'buy', who: 'stranger', path: `${places.product}/buy` },
    { name: 'buy-wrong', who: 'stranger', path: `${places.product}/buy`, act: submit },
    { name: 'buy-member', who: 'newcomer', path: `${places.longProduct}/buy` },
    { name: 'buy-remote', who: 'newcomer', path: `${places.remoteProduct}/buy` },
    { name: 'buy-sold-out', who: 'stranger', path: `${places.soldOut}/buy`, status: 409 },
    { name: 'order', who: 'stranger', path: `${places.openOrder}?new=1` },
    { name: 'order-pickup', who: 'stranger', path: places.pickupOrder },
    { name: 'order-receipt', who: 'stranger', path: `${places.doneOrder}/receipt` },
    { name: 'products', who: 'owner', path: '/products' },
    { name: 'products-empty', who: 'newcomer', path: '/products' },
    { name: 'product-new', who: 'owner', path: '/products/new' },
    { name: 'product-edit', who: 'owner', path: places.editProduct },
    { name: 'shop', who: 'owner', path: '/products/shop' },
    { name: 'orders', who: 'owner', path: '/orders' },
    { name: 'orders-empty', who: 'newcomer', path: '/orders' },
    { name: 'purchases', who: 'newcomer', path: '/orders/mine' },
    { name: 'products-import', who: 'owner', path: '/products/import' },
    {
      name: 'products-plan',
      who: 'owner',
      path: '/products/import',
      act: async (page) => {
        await page.locator('textarea').fill(table)
        await page.locator('button[value="look"]').last().click()
        await page.waitForLoadState()
      },
    },
  ]
}
