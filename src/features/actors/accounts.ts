import type { Ctx } from '#src/context.ts'
import { type Account, toAccount } from './entity.ts'
import { type Actor, listActors } from './queries.ts'

/** Which state of an actor is meant: `version` is that of its row, which changes with every write (PostgreSQL's `xmin`). */
export type ActorVersion = Readonly<{ id: string; version: string }>

/** How many are kept, at some 2 KB each, and for how long: what a picture is said to show is not part of its actor's row. */
const most = 5_000
const mostMs = 60_000

type Kept = Readonly<{ version: string; account: Account; madeAt: number }>

/** Kept for each database, as tests have several. A Map keeps the order in which its entries came: the oldest goes first. */
const memories = new WeakMap<Ctx['db'], Map<string, Kept>>()

/**
 * Actors as clients read them, by id. The same few actors stand in every timeline, and making them costs more than all the rest of a
 * status: each is made once for each version of its row, and so what is shown is never older than what was asked for.
 */
export async function loadAccounts(ctx: Ctx, wanted: readonly ActorVersion[]): Promise<Map<string, Account>> {
  const known = memories.get(ctx.db) ?? new Map<string, Kept>()
  memories.set(ctx.db, known)
  const now = ctx.now().getTime()
  const accounts = new Map<string, Account>()
  const missing = new Map<string, string>()
  for (const { id, version } of wanted) {
    const found = known.get(id)
    if (found?.version === version && now - found.madeAt < mostMs) accounts.set(id, found.account)
    else missing.set(id, version)
  }
  if (missing.size === 0) return accounts
  for (const actor of await listActors(ctx.db, [...missing.keys()])) {
    const account = toAccount(ctx, actor)
    accounts.set(actor.id, account)
    if (isSettled(actor)) keep(known, actor.id, { version: missing.get(actor.id) ?? '', account, madeAt: now })
  }
  return accounts
}

/** A picture that is being processed changes the account without changing the actor. */
function isSettled({ avatar, header }: Actor): boolean {
  return [avatar, header].every((picture) => picture === null || picture.state === 'ready')
}

function keep(known: Map<string, Kept>, id: string, one: Kept): void {
  known.delete(id)
  known.set(id, one)
  const [oldest] = known.keys()
  if (known.size > most && oldest !== undefined) known.delete(oldest)
}
