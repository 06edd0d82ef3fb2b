import type { Ctx } from '#src/context.ts'
import { type Db, type Tx, transaction } from '#src/db/client.ts'
import { lockByName } from '#src/db/tombstones.ts'
import type { ProductValues } from './policy.ts'
import { listAllOf } from './queries.ts'
import { addProduct, changeProduct, type Seller, valuesOf } from './service.ts'
import { type ReadTable, readTable, writeTable } from './table.ts'

/** What a table would do, before it does it. */
export type ProductPlan = Pick<ReadTable, 'problems'> &
  Readonly<{
    added: readonly ProductValues[]
    /** `changes`: what differs. Orders change the stock, also between the reading and the writing. */
    changed: readonly Readonly<{
      id: string
      before: ProductValues
      values: ProductValues
      changes: Partial<ProductValues>
    }>[]
    unchanged: number
  }>

/** What a table would do to the catalogue of an actor: known products are those with the same number. */
export async function planTable({ db }: { db: Db | Tx }, actorId: string, text: string): Promise<ProductPlan> {
  const rows = (await listAllOf(db, actorId)).filter(({ sku }) => sku !== '')
  const bySku = new Map(rows.map((row) => [row.sku, { id: row.id, values: valuesOf(row) }]))
  const known = new Map([...bySku].map(([sku, { values }]) => [sku, values]))
  const { products, problems } = readTable(text, known)
  const added = products.filter(({ sku }) => !bySku.has(sku))
  const met = products.flatMap((values) => {
    const before = bySku.get(values.sku)
    if (!before) return []
    return [{ id: before.id, before: before.values, values, changes: differencesOf(before.values, values) }]
  })
  const changed = met.filter(({ changes }) => Object.keys(changes).length > 0)
  return { added, changed, unchanged: met.length - changed.length, problems }
}

function differencesOf(before: ProductValues, after: ProductValues): Partial<ProductValues> {
  const keys = (Object.keys(after) as (keyof ProductValues)[]).filter((key) => before[key] !== after[key])
  return Object.fromEntries(keys.map((key) => [key, after[key]]))
}

/**
 * Does what a table says, all of its usable rows or none.
 * Whether who asks may sell was asked before.
 * @returns how many products were written
 * @throws Problem `invalid`
 */
export async function importTable(ctx: Ctx, seller: Seller, text: string): Promise<number> {
  return transaction(ctx.db, async (tx) => {
    await lockByName(tx, `products ${seller.actorId}`)
    const plan = await planTable({ db: tx }, seller.actorId, text)
    for (const values of plan.added) await addProduct(ctx, tx, seller, values)
    for (const { id, changes } of plan.changed) await changeProduct(ctx, tx, seller, { id, changes })
    return plan.added.length + plan.changed.length
  })
}

/** The catalogue of an actor as a table. */
export async function exportTable(ctx: Pick<Ctx, 'db'>, actorId: string): Promise<string> {
  return writeTable((await listAllOf(ctx.db, actorId)).map(valuesOf))
}
