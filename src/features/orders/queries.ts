import { and, asc, eq, gt, inArray, isNotNull, isNull, lte, or, type SQL, sql } from 'drizzle-orm'
import { isId } from '#src/core/ids.ts'
import type { Page } from '#src/core/paging.ts'
import type { Db, Tx } from '#src/db/client.ts'
import { keyset, keysetOrder } from '#src/db/keyset.ts'
import { actors } from '#src/db/schema/actors.ts'
import { orderEvents, orders } from '#src/db/schema/orders.ts'
import { memberships } from '#src/db/schema/teams.ts'
import { endStates, type OrderState } from './states.ts'

/** An order. */
export type Order = Readonly<typeof orders.$inferSelect>

/** Buyers on other servers whose orders of a product are not settled yet. */
export async function listOpenBuyers(db: Db, productId: string): Promise<string[]> {
  const rows = await db
    .selectDistinct({ id: actors.id })
    .from(orders)
    .innerJoin(actors, eq(actors.id, orders.buyerId))
    .where(
      and(eq(orders.productId, productId), inArray(orders.state, ['reserved', 'open', 'paid']), isNotNull(actors.host)),
    )
  return rows.map(({ id }) => id)
}

async function findBy(db: Db | Tx, condition: SQL | undefined): Promise<Order | null> {
  const [row] = await db.select().from(orders).where(condition)
  return row ?? null
}

/** Finds an order, whosever it is. */
export async function findOrder(db: Db | Tx, id: string): Promise<Order | null> {
  return isId(id) ? findBy(db, eq(orders.id, id)) : null
}

/** Orders by their ids, whosever they are, in no order. */
export async function listOrders(db: Db, ids: readonly string[]): Promise<Order[]> {
  return ids.length === 0
    ? []
    : db
        .select()
        .from(orders)
        .where(inArray(orders.id, [...ids]))
}

/** Finds the order that a form has made. */
export async function findOrderByForm(db: Db | Tx, formKey: string): Promise<Order | null> {
  return findBy(db, eq(orders.formKey, formKey))
}

/** Finds the order that another server has asked for. */
export async function findOrderByOffer(db: Db | Tx, offerIri: string): Promise<Order | null> {
  return findBy(db, eq(orders.offerIri, offerIri))
}

/** Finds the order for which an effect has asked elsewhere. */
export async function findOrderByEffect(db: Db | Tx, effectId: string): Promise<Order | null> {
  return findBy(db, eq(orders.effectId, effectId))
}

/** Finds the order that a seller elsewhere calls so. */
export async function findOrderByAgreement(db: Db | Tx, sellerId: string, agreementIri: string): Promise<Order | null> {
  return findBy(db, and(eq(orders.sellerId, sellerId), eq(orders.agreementIri, agreementIri)))
}

/** Locks an order for the length of the transaction. */
export async function lockOrder(tx: Tx, id: string): Promise<Order | null> {
  if (!isId(id)) return null
  const [row] = await tx.select().from(orders).where(eq(orders.id, id)).for('update')
  return row ?? null
}

/** Writes an order, and that it was placed. */
export async function insertOrder(tx: Tx, row: typeof orders.$inferInsert): Promise<Order> {
  const [written] = await tx.insert(orders).values(row).returning()
  if (!written) throw new Error('an order was not stored')
  await insertEvent(tx, { orderId: written.id, state: written.state, userId: written.userId })
  return written
}

/** Changes an order. */
export async function updateOrder(tx: Tx, id: string, change: Partial<typeof orders.$inferInsert>): Promise<Order> {
  const [written] = await tx.update(orders).set(change).where(eq(orders.id, id)).returning()
  if (!written) throw new Error('an order was not there')
  return written
}

/** Notes what became of an order. */
export async function insertEvent(
  tx: Tx,
  event: { orderId: string; state: OrderState; userId: string | null },
): Promise<void> {
  await tx.insert(orderEvents).values(event)
}

/** One step of an order. */
export type OrderEvent = Readonly<{ state: OrderState; createdAt: Date }>

/** What became of an order, oldest first. */
export async function listEvents(db: Db, orderId: string): Promise<OrderEvent[]> {
  return db
    .select({ state: orderEvents.state, createdAt: orderEvents.createdAt })
    .from(orderEvents)
    .where(eq(orderEvents.orderId, orderId))
    .orderBy(asc(orderEvents.id))
}

/** A page of the orders that an actor has got, newest first. What is only reserved or asked for is not yet an order. */
export async function listSold(db: Db, sellerId: string, page: Page): Promise<Order[]> {
  const isOrder = inArray(orders.state, ['open', 'paid', 'shipped', 'delivered', 'cancelled', 'refunded'])
  // What was ordered and not paid in time: the money may still come.
  const isLapsed = and(eq(orders.state, 'expired'), isNotNull(orders.delivery))
  return listWhere(db, and(eq(orders.sellerId, sellerId), or(isOrder, isLapsed)), page)
}

/** A page of the orders that an actor has placed, newest first. */
export async function listBought(db: Db, buyerId: string, page: Page): Promise<Order[]> {
  return listWhere(db, eq(orders.buyerId, buyerId), page)
}

async function listWhere(db: Db, condition: SQL | undefined, page: Page): Promise<Order[]> {
  return db
    .select()
    .from(orders)
    .where(and(condition, keyset(orders.id, page)))
    .orderBy(keysetOrder(orders.id, page))
    .limit(page.limit)
}

/** Orders that a guest with this e-mail address has with a seller and has not paid. */
export async function countUnpaid(tx: Tx, sellerId: string, email: string): Promise<number> {
  const isTheirs = sql`lower(${orders.contact}->>'email') = ${email.toLowerCase()}`
  const isOpen = and(eq(orders.sellerId, sellerId), eq(orders.state, 'open'), isNull(orders.buyerId))
  return tx.$count(orders, and(isOpen, isTheirs))
}

/** The owners of a team: who is told that something was ordered. */
export async function listOwners(tx: Tx, actorId: string): Promise<string[]> {
  const rows = await tx
    .select({ userId: memberships.userId })
    .from(memberships)
    .where(and(eq(memberships.actorId, actorId), eq(memberships.role, 'owner')))
  return rows.map(({ userId }) => userId)
}

/** How many pieces-holding offers a buyer elsewhere has open with a seller, and how many its server has made since a moment. */
export async function countOffers(
  tx: Tx,
  { buyerId, host, since }: { buyerId: string; host: string; since: Date },
): Promise<{ open: number; recent: number }> {
  const [row] = await tx
    .select({
      open: sql<number>`count(*) filter (where ${orders.buyerId} = ${buyerId} and ${orders.state} = 'reserved')::int`,
      recent: sql<number>`count(*) filter (where ${orders.createdAt} > ${since.toISOString()}::timestamptz)::int`,
    })
    .from(orders)
    .innerJoin(actors, eq(actors.id, orders.buyerId))
    .where(
      and(
        eq(actors.host, host),
        isNotNull(orders.offerIri),
        or(gt(orders.createdAt, since), eq(orders.state, 'reserved')),
      ),
    )
  return row ?? { open: 0, recent: 0 }
}

/**
 * Forgets who bought and where it went, of some orders that came to their end before one moment, or did not move since before the other. What was sold for how
 * much stays.
 * @returns how many there were
 */
export async function forgetContacts(db: Db, before: { ended: Date; moved: Date }, limit: number): Promise<number> {
  const isOver = and(inArray(orders.state, endStates), lte(orders.updatedAt, before.ended))
  const due = db
    .select({ id: orders.id })
    .from(orders)
    .where(and(isNotNull(orders.contact), or(isOver, lte(orders.updatedAt, before.moved))))
    .limit(limit)
  const rows = await db
    .update(orders)
    .set({ contact: null })
    .where(inArray(orders.id, due))
    .returning({ id: orders.id })
  return rows.length
}

/** Orders whose time is over and that nobody has taken up; each is locked for who asks. */
export async function claimExpired(tx: Tx, now: Date, limit: number): Promise<Order[]> {
  return tx
    .select()
    .from(orders)
    .where(
      and(
        isNotNull(orders.expiresAt),
        lte(orders.expiresAt, now),
        inArray(orders.state, ['offered', 'reserved', 'open']),
      ),
    )
    .orderBy(asc(orders.expiresAt))
    .limit(limit)
    .for('update', { skipLocked: true })
}
