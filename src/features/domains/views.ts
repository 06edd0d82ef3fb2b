import type { Ctx } from '#src/context.ts'
import { listActors } from '#src/features/actors/queries.ts'
import { toActorValue } from '#src/features/actors/views.ts'
import type { CutsValue } from '#src/web/components/server-decision.ts'
import type { ServerLine } from '#src/web/components/server-list.ts'
import type { PlanValue } from '#src/web/components/server-plan.ts'
import { type Cuts, countPeople } from './cut-queries.ts'
import type { Plan } from './import.ts'
import type { Domain } from './queries.ts'

/** What a block takes away, with the identities whose follows rest. */
export async function toCutsValue(ctx: Ctx, { identities, ...cuts }: Cuts): Promise<CutsValue> {
  const actors = await listActors(
    ctx.db,
    identities.map(({ actorId }) => actorId),
  )
  const byId = new Map(identities.map((of) => [of.actorId, of]))
  return {
    ...cuts,
    identities: actors.map((actor) => {
      const { followers = 0, following = 0 } = byId.get(actor.id) ?? {}
      return { actor: toActorValue(ctx, actor), followers, following }
    }),
  }
}

/** What a list would do. */
export async function toPlanValue(ctx: Ctx, plan: Plan): Promise<PlanValue> {
  const changed = plan.changed.map(({ ruling: { host, severity }, from }) => ({ host, severity, from }))
  return { ...plan, changed, cuts: await toCutsValue(ctx, plan.cuts) }
}

/** Decisions with how many are known from their servers. */
export async function toServerLines(ctx: Ctx, domains: readonly Domain[]): Promise<ServerLine[]> {
  const people = await countPeople(
    ctx.db,
    domains.map(({ host }) => host),
  )
  return domains.map(({ listId, ...domain }) => ({
    ...domain,
    isByList: listId !== null,
    actors: people.get(domain.host)?.actors ?? 0,
    follows: people.get(domain.host)?.follows ?? 0,
  }))
}
