import type { orderState } from '#src/db/schema/orders.ts'

/** Where an order stands. */
export type OrderState = (typeof orderState.enumValues)[number]

/** How an order is paid and received, as far as its life depends on it. */
export type OrderWay = Readonly<{ payment: string | null; delivery: 'pickup' | 'shipping' | null }>

/**
 * What may follow what at the seller's. Nothing follows what is over, and no money goes back that has not come. A state that is not here as a
 * key is the buyer's alone.
 */
const steps: Readonly<Record<OrderState, readonly OrderState[]>> = {
  offered: [],
  reserved: ['open', 'cancelled', 'expired'],
  open: ['paid', 'delivered', 'cancelled', 'expired'],
  paid: ['shipped', 'delivered', 'refunded'],
  shipped: ['delivered', 'refunded'],
  delivered: ['refunded'],
  cancelled: [],
  refunded: [],
  rejected: [],
  // The money may still come.
  expired: ['paid'],
}

/** What a seller elsewhere may say of an order of ours, by where it stands for us: a word may have been missed. */
const toldSteps: Readonly<Record<OrderState, readonly OrderState[]>> = {
  ...steps,
  offered: ['open', 'rejected', 'expired', 'cancelled'],
  open: ['paid', 'shipped', 'delivered', 'cancelled'],
}

/** Where an order has come to its end, though what was delivered may still be paid back. */
export const endStates = [
  'delivered',
  'cancelled',
  'refunded',
  'rejected',
  'expired',
] as const satisfies readonly OrderState[]

/** States in which the pieces are taken from the stock and can be given back. */
const held: readonly OrderState[] = ['reserved', 'open']

/** Whether the seller may put an order into a state. */
export function mayBecome(from: OrderState, to: OrderState, way: OrderWay): boolean {
  // Only the clock says that nobody has paid in time.
  if (!steps[from].includes(to) || to === 'expired') return false
  // What is paid when it is fetched is over then; everything else must be paid first.
  if (from === 'open' && to === 'delivered') return way.payment === 'pickup'
  if (from === 'expired') return way.payment === 'transfer'
  return to !== 'shipped' || way.delivery === 'shipping'
}

/** Whether what a seller elsewhere says can follow what we know. */
export function mayBeTold(from: OrderState, to: OrderState): boolean {
  return toldSteps[from].includes(to)
}

/** The one next step of the seller; null where there is nothing more to do. */
export function nextStep(state: OrderState, way: OrderWay): OrderState | null {
  if (state === 'open') return way.payment === 'pickup' ? 'delivered' : 'paid'
  if (state === 'paid') return way.delivery === 'shipping' ? 'shipped' : 'delivered'
  if (state === 'expired' && way.payment === 'transfer') return 'paid'
  return state === 'shipped' ? 'delivered' : null
}

/** Whether pieces go back into the stock when an order leaves a state for another. */
export function givesBack(from: OrderState, to: OrderState): boolean {
  return held.includes(from) && (to === 'cancelled' || to === 'expired')
}

/** Whether pieces that were given back are taken again. */
export function takesAgain(from: OrderState): boolean {
  return from === 'expired'
}

/** Whether the buyer may still take the order back without asking. */
export function mayWithdraw(state: OrderState): boolean {
  return state === 'offered' || state === 'reserved' || state === 'open'
}
