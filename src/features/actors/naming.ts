import type { Ctx } from '#src/context.ts'
import { notFound } from '#src/errors.ts'
import type { Actor } from './queries.ts'
import { findByAcct } from './service.ts'

/**
 * The actor whom the address of a page names behind its @.
 * @throws Problem `not_found` for nobody, the suspended and the instance itself
 */
export async function getByAcct(ctx: Ctx, acct: string): Promise<Actor> {
  const actor = await findByAcct(ctx, acct)
  if (!actor || actor.suspendedAt || (actor.host === null && actor.type === 'Application')) throw notFound()
  return actor
}
