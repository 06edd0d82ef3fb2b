import type { Ctx } from '#src/context.ts'
import { createRounds } from '#src/core/batch.ts'
import { everything, findPolicies, type HostPolicy } from '#src/db/severities.ts'
import { type Actor, listActorsByIri, listLocalActors } from '#src/features/actors/queries.ts'
import { hasGroups } from '#src/features/groups/queries.ts'
import { listPosts, listPostsByIri, type Post } from '#src/features/posts/queries.ts'
import { listRelayActors } from '#src/features/relays/queries.ts'

/** What is asked for nearly every activity: those that are worked off side by side ask together, in one trip to the database. */
type Lookups = Readonly<{
  /** A remote actor by the address of its document. */
  actor(iri: string): Promise<Actor | null>
  /** Whether an actor of ours has this handle and is not gone. */
  resident(handle: string): Promise<boolean>
  /** A post by its id here, deleted ones too. */
  post(id: string): Promise<Post | null>
  /** A remote post by its id there, deleted ones too. */
  postByIri(iri: string): Promise<Post | null>
  /** Whether an actor speaks for a relay that has agreed to us. */
  relay(iri: string): Promise<boolean>
  /** Whether any group is kept here: what is said need not be asked about any further where there is none. */
  hasGroups(): Promise<boolean>
  /** What the instance lets a host do. */
  policy(host: string): Promise<HostPolicy>
}>

const made = new WeakMap<Ctx, Lookups>()

/** The look-ups of a process. */
export function lookupsOf(ctx: Ctx): Lookups {
  const lookups = made.get(ctx) ?? createLookups(ctx)
  made.set(ctx, lookups)
  return lookups
}

/** Addresses of ours in one document that are asked about. */
const mostAddressed = 100

/** Whether one of ours is among some addresses: what looks like an address of ours may belong to nobody. */
export async function isSomebodyHere(ctx: Ctx, iris: readonly string[]): Promise<boolean> {
  const targets = iris.map((iri) => ctx.uris.read(iri))
  const handles = new Set(targets.flatMap((target) => (target?.kind === 'actor' ? [target.handle] : [])))
  const answers = await Promise.all([...handles].slice(0, mostAddressed).map(lookupsOf(ctx).resident))
  return answers.includes(true)
}

function createLookups({ db }: Ctx): Lookups {
  const groups = createRounds(async (asked: readonly null[]) => {
    const answer = await hasGroups(db)
    return asked.map(() => answer)
  })
  return {
    hasGroups: () => groups(null),
    actor: createRounds(async (iris) => inOrder(iris, await listActorsByIri(db, iris), ({ iri }) => iri)),
    resident: createRounds(async (handles) => {
      const folded = handles.map((handle) => handle.toLowerCase())
      const found = await listLocalActors(db, [...new Set(folded)])
      const there = new Set(found.filter(({ deletedAt }) => !deletedAt).map(({ handle }) => handle.toLowerCase()))
      return folded.map((handle) => there.has(handle))
    }),
    post: createRounds(async (ids) => inOrder(ids, await listPosts(db, ids), ({ id }) => id)),
    postByIri: createRounds(async (iris) => inOrder(iris, await listPostsByIri(db, iris), ({ iri }) => iri)),
    relay: createRounds(async (iris) => {
      const found = await listRelayActors(db, iris)
      return iris.map((iri) => found.has(iri))
    }),
    policy: createRounds(async (hosts) => {
      const policies = await findPolicies(db, hosts)
      return hosts.map((host) => policies.get(host) ?? everything)
    }),
  }
}

function inOrder<T>(names: readonly string[], found: readonly T[], nameOf: (row: T) => string | null): (T | null)[] {
  const byName = new Map(found.map((row) => [nameOf(row), row]))
  return names.map((name) => byName.get(name) ?? null)
}
