import type { Ctx } from '#src/context.ts'
import { type Actor, listActorsByIri, listLocalActors } from './queries.ts'

/** The actors that addresses name, by these; those that name nobody whom we know are left out. In two queries, however many. */
export async function resolveActorIris(ctx: Ctx, iris: readonly string[]): Promise<Map<string, Actor>> {
  const handleOf = (iri: string) => {
    const target = ctx.uris.read(iri)
    return target?.kind === 'actor' ? target.handle.toLowerCase() : null
  }
  const [ours, others] = await Promise.all([
    listLocalActors(
      ctx.db,
      iris.flatMap((iri) => handleOf(iri) ?? []),
    ),
    listActorsByIri(
      ctx.db,
      iris.filter((iri) => ctx.uris.read(iri) === null),
    ),
  ])
  const byHandle = new Map(ours.map((actor) => [actor.handle.toLowerCase(), actor]))
  const byIri = new Map(others.map((actor) => [actor.iri, actor]))
  return new Map(
    iris.flatMap((iri): [string, Actor][] => {
      const actor = byHandle.get(handleOf(iri) ?? '') ?? byIri.get(iri)
      return actor ? [[iri, actor]] : []
    }),
  )
}
