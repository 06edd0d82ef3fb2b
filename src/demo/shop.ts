import type { Ctx, Viewer } from '#src/context.ts'
import type { OrderContact } from '#src/db/schema/orders.ts'
import { moveOrder } from '#src/features/orders/move.ts'
import { placeOrder } from '#src/features/orders/place.ts'
import type { OrderState } from '#src/features/orders/states.ts'
import { createProduct, type ProductInput } from '#src/features/products/service.ts'
import { saveShop } from '#src/features/products/shop.ts'
import { bowls, emblem, loaves, type Scene } from './scenes.ts'

/** Something that is sold in the demonstration; `key` is how posts refer to it. */
type DemoProduct = Readonly<{
  key: string
  by: string
  values: Omit<ProductInput, 'mediaIds' | 'currency'>
  picture?: Readonly<{ scene: Scene; alt: string }>
}>

const none = { sku: '', shopUrl: null, deliveryPrice: null, deliveryText: '', isPickedUp: true } as const
const market = 'Du mardi au samedi, 7 h – 13 h, 4 place du Marché, Privas'

const products: readonly DemoProduct[] = [
  {
    key: 'miche',
    by: 'levain',
    values: {
      ...{ ...none, state: 'on_sale', name: 'Miche de campagne, 1 kg', price: 650, taxRate: 550, stock: 24 },
      source: 'Farine de la vallée, dix-huit heures de pousse, cuite au bois.',
      ...{ sku: 'MICHE-1', pickupText: market },
    },
    picture: {
      scene: loaves({ cloth: '#d8cbb3', wall: '#5a4636', light: '#ffe0b0', seed: 41, crust: '#b5702d' }),
      alt: 'Des miches rondes à la croûte brune sur un drap clair',
    },
  },
  {
    key: 'brioche',
    by: 'levain',
    values: {
      ...{ ...none, state: 'on_sale', name: 'Brioche au safran', price: 1_200, taxRate: 550, stock: 0 },
      source: 'Le samedi seulement.',
      ...{ sku: 'BRIOCHE', pickupText: market },
    },
    picture: {
      scene: loaves({ cloth: '#efe3cc', wall: '#7d6a52', light: '#fff0cf', seed: 73, crust: '#d99a32' }),
      alt: 'Des brioches dorées sur un linge écru',
    },
  },
  {
    key: 'farine',
    by: 'levain',
    values: {
      ...{ ...none, state: 'on_sale', name: 'Farine de petit épeautre, 5 kg', price: 2_490, taxRate: 550, stock: 60 },
      source: 'Moulue à la meule de pierre.',
      ...{ sku: 'FARINE-5', pickupText: market, deliveryPrice: 690, deliveryText: 'Expédiée sous trois jours.' },
    },
    picture: {
      scene: emblem('#e9dfc7', '#8a6a3b', 'loaf'),
      alt: 'L’étiquette du sac : une miche brune sur fond crème',
    },
  },
  {
    key: 'vase',
    by: 'atelier_brume',
    values: {
      ...{ ...none, state: 'on_sale', name: 'Vase vert d’eau', price: 6_400, taxRate: 2_000, stock: 3 },
      source: 'Grès tourné, émail de cendre. Hauteur 22 cm.',
      ...{ shopUrl: 'https://boutique.example/vase-vert-d-eau', pickupText: 'À l’atelier, sur rendez-vous' },
    },
    picture: {
      scene: bowls({ cloth: '#d9d6cd', wall: '#8c9a93', light: '#f4f6ee', seed: 29, glazes: ['#7fa59b', '#8fb3a6'] }),
      alt: 'Deux pièces de grès à l’émail vert d’eau',
    },
  },
  {
    key: 'coupe',
    by: 'atelier_brume',
    values: {
      ...{ ...none, state: 'paused', name: 'Coupe sable', price: 3_800, taxRate: 2_000, stock: null },
      ...{ source: 'De retour au printemps.', pickupText: '' },
    },
    picture: {
      scene: bowls({ cloth: '#e6e0d2', wall: '#a08c74', light: '#fff4df', seed: 31, glazes: ['#d8c39a', '#c9b083'] }),
      alt: 'Des coupes couleur de sable devant un mur ocre',
    },
  },
]

const imprint = 'Le Levain d’Ardèche, 4 place du Marché, 07000 Privas\nEntreprise de démonstration'

/** Everything that is for sale, by its key. `upload` makes the pictures. */
export async function stock(
  ctx: Ctx,
  viewerOf: (handle: string) => Viewer,
  upload: (viewer: Viewer, picture: { scene: Scene; alt: string }) => Promise<string>,
): Promise<Map<string, string>> {
  const account = { accountHolder: 'Le Levain', iban: 'FR1420041010050500013M02606', bic: '' }
  for (const handle of ['levain', 'atelier_brume']) {
    const shop = { takesPickupPayment: true, ...account, imprint, withdrawalText: '' }
    await saveShop(ctx, viewerOf(handle), shop)
  }
  const ids = new Map<string, string>()
  for (const { key, by, values, picture } of products) {
    const viewer = viewerOf(by)
    const mediaIds = picture ? [await upload(viewer, picture)] : []
    ids.set(key, (await createProduct(ctx, viewer, { ...values, currency: 'EUR', mediaIds })).id)
  }
  return ids
}

const nobody = { phone: '', street: '', postalCode: '', city: '', country: '', note: '' }
const guest: OrderContact = { ...nobody, name: 'Paul Martin', email: 'paul@mail.example', note: 'Bien cuit, merci !' }
const member: OrderContact = {
  ...{ ...nobody, name: 'Léa Marchand', email: 'lea@entremise.example' },
  ...{ street: '12 rue du Moulin', postalCode: '07200', city: 'Aubenas', country: 'France' },
}

/** One order in each state, each with the steps that led there. */
const orders: readonly Readonly<{ product: string; by: string | null; steps: readonly OrderState[] }>[] = [
  { product: 'miche', by: null, steps: [] },
  { product: 'miche', by: null, steps: ['delivered'] },
  { product: 'miche', by: null, steps: ['cancelled'] },
  { product: 'farine', by: 'lea', steps: [] },
  { product: 'farine', by: 'lea', steps: ['paid'] },
  { product: 'farine', by: 'lea', steps: ['paid', 'shipped'] },
  { product: 'farine', by: 'lea', steps: ['paid', 'refunded'] },
]

/** Places them, and takes each as far as it goes. */
export async function sell(
  ctx: Ctx,
  viewerOf: (handle: string) => Viewer,
  ids: ReadonlyMap<string, string>,
): Promise<void> {
  const seller = viewerOf('levain')
  for (const [index, { product, by, steps }] of orders.entries()) {
    const isSent = by !== null
    let order = await placeOrder(ctx, {
      productId: ids.get(product) ?? '',
      quantity: 1,
      buyer: by ? viewerOf(by) : null,
      delivery: isSent ? 'shipping' : 'pickup',
      payment: isSent ? 'transfer' : 'pickup',
      currency: 'EUR',
      contact: isSent ? member : guest,
      total: isSent ? 2_490 + 690 : 650,
      locale: 'fr',
      formKey: `demonstration ${index}`,
    })
    for (const to of steps) order = await moveOrder(ctx, seller, { id: order.id, from: order.state, to })
  }
}
