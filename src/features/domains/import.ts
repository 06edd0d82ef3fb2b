import type { Ctx } from '#src/context.ts'
import type { Severity } from '#src/db/severities.ts'
import { type ReadList, type Ruling, readList } from './csv.ts'
import { type Cuts, listCuts } from './cut-queries.ts'
import { listDomainsNamed } from './queries.ts'
import { type Decider, decideDomains, ourHosts } from './service.ts'

/** Bytes of a list at the most: the longest that are known have fewer than ten thousand lines. */
export const maxListBytes = 2 * 1024 * 1024

/** A decision that is there already and would become another one. */
export type Change = Readonly<{ ruling: Ruling; from: Severity }>

/** What a list would do, before it does it. */
export type Plan = ReadList &
  Readonly<{
    added: readonly Ruling[]
    changed: readonly Change[]
    /** Nothing would change about so many. */
    unchanged: number
    /** Decided by those who run the instance: a subscription leaves them as they are. */
    kept: number
    cuts: Cuts
  }>

/**
 * What a list would do. With `as` "subscription" own decisions stay, and with "import" they become what the list says.
 */
export async function planList(ctx: Ctx, text: string, as: 'import' | 'subscription'): Promise<Plan> {
  const read = readList(text, ourHosts(ctx))
  const former = new Map(
    (
      await listDomainsNamed(
        ctx.db,
        read.rulings.map(({ host }) => host),
      )
    ).map((row) => [row.host, row]),
  )
  const isKept = ({ host }: Ruling) => as === 'subscription' && former.get(host)?.listId === null
  const open = read.rulings.filter((ruling) => !isKept(ruling))
  const added = open.filter(({ host }) => !former.has(host))
  const changed = open.flatMap((ruling) => {
    const row = former.get(ruling.host)
    return row && isOther(row, ruling) ? [{ ruling, from: row.severity }] : []
  })
  const blocked = [
    ...added.filter(({ severity }) => severity === 'block'),
    ...changed.flatMap(({ ruling, from }) => (ruling.severity === 'block' && from !== 'block' ? ruling : [])),
  ]
  return {
    ...read,
    added,
    changed,
    unchanged: open.length - added.length - changed.length,
    kept: read.rulings.length - open.length,
    cuts: await listCuts(
      ctx.db,
      blocked.map(({ host }) => host),
    ),
  }
}

function isOther(row: Ruling, ruling: Ruling): boolean {
  const keys = ['severity', 'rejectsMedia', 'rejectsReports', 'reason', 'isObfuscated'] as const
  return keys.some((key) => row[key] !== ruling[key])
}

/** Makes own decisions of the usable rows of a list. @returns what it did */
export async function importList(ctx: Ctx, text: string, by: Decider): Promise<Plan> {
  const plan = await planList(ctx, text, 'import')
  await decideDomains(ctx, [...plan.added, ...plan.changed.map(({ ruling }) => ruling)], by)
  return plan
}
