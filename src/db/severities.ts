import { sql } from 'drizzle-orm'
import { ids, texts } from './arrays.ts'
import type { Db, Tx } from './client.ts'
import { giveUpHosts, listWaitedFor } from './hosts.ts'
import { lockByName } from './tombstones.ts'

/** What the instance lets others do; see the column type. */
export type Severity = 'none' | 'limit' | 'block'

/** What holds for a server. */
export type HostPolicy = Readonly<{
  severity: Severity
  rejectsMedia: boolean
  rejectsReports: boolean
}>

/** What holds for a server about which nothing was decided. */
export const everything: HostPolicy = { severity: 'none', rejectsMedia: false, rejectsReports: false }
const nothing: HostPolicy = { severity: 'block', rejectsMedia: true, rejectsReports: true }

/** From the longest to the shortest, the names by which a decision about a host may be written: its own, and those that it is part of. */
function namesOf(host: string): string[] {
  // A dot at its end leads to the same server, and is no other name.
  const name = host.toLowerCase().replace(/\.*(?::\d+)?$/, '')
  const labels = name.split('.')
  return [...new Set([host.toLowerCase(), ...labels.map((_label, index) => labels.slice(index).join('.'))])]
}

type Rule = Readonly<{ kind: 'rule' | 'allowed' | 'closed'; host: string }> & HostPolicy

/** Every decision that may concern some names, in one trip. */
async function listRules(db: Db | Tx, names: readonly string[]): Promise<Rule[]> {
  return db.execute<Rule>(sql`
    select 'rule' as kind, host, severity, rejects_media as "rejectsMedia", rejects_reports as "rejectsReports"
    from blocked_hosts where host = any(${texts(names)})
    union all select 'allowed', host, 'none', false, false from allowed_hosts where host = any(${texts(names)})
    union all select 'closed', '', 'none', false, false from instance where only_allowed_hosts`)
}

/**
 * What holds for some hosts, whatever their ports: the decision about the longest name that fits. An instance that only speaks with some
 * speaks with nobody else, and what is written about those still holds.
 */
export async function findPolicies(db: Db | Tx, hosts: readonly string[]): Promise<ReadonlyMap<string, HostPolicy>> {
  if (hosts.length === 0) return new Map()
  const names = new Map(hosts.map((host) => [host, namesOf(host)]))
  const rows = await listRules(db, [...new Set([...names.values()].flat())])
  const rules = new Map(rows.filter(({ kind }) => kind === 'rule').map((rule) => [rule.host, rule]))
  const allowed = new Set(rows.filter(({ kind }) => kind === 'allowed').map(({ host }) => host))
  const isClosed = rows.some(({ kind }) => kind === 'closed')
  return new Map(
    [...names].map(([host, own]) => {
      if (isClosed && !own.some((name) => allowed.has(name))) return [host, nothing]
      return [host, own.map((name) => rules.get(name)).find((rule) => rule !== undefined) ?? everything]
    }),
  )
}

/** What holds for a host; see `findPolicies`. */
export async function findPolicy(db: Db | Tx, host: string): Promise<HostPolicy> {
  return (await findPolicies(db, [host])).get(host) ?? everything
}

/** The stricter of two. */
export function stricter(a: Severity, b: Severity): Severity {
  const order = ['none', 'limit', 'block'] as const
  return order.indexOf(a) >= order.indexOf(b) ? a : b
}

/** What holds for an actor by where it is: the server of its handle and that of its documents, which may be two. */
export async function findSeverityOf(db: Db | Tx, actor: Readonly<{ host: string; iri: string }>): Promise<Severity> {
  const places = [actor.host, new URL(actor.iri).host]
  const policies = await findPolicies(db, places)
  return places.map((place) => policies.get(place)?.severity ?? 'none').reduce(stricter)
}

/** The name under which those who store an actor and those who decide about servers wait for each other; see `lockByName`. */
export const standingsName = 'standings'

/**
 * Puts what was decided about servers into the rows of their actors, where every question about what is shown asks: to be called in the
 * transaction of each decision. All of it is worked out anew, so that nothing hangs on the way by which it came to be as it is.
 * @returns how many actors stand otherwise now
 */
export async function settleStandings(tx: Tx, now: Date): Promise<number> {
  await lockByName(tx, standingsName)
  const places = await tx.execute<{ host: string; home: string }>(sql`
    select distinct host, split_part(iri, '/', 3) as home from actors where host is not null`)
  const policies = await findPolicies(tx, [...new Set(places.flatMap(({ host, home }) => [host, home]))])
  const of = (place: string) => policies.get(place)?.severity ?? 'none'
  const rows = await tx.execute(sql`
    update actors a set standing = settled.standing, suspended_at = case
      when settled.standing = 'block' then coalesce(a.suspended_at, ${now.toISOString()}::timestamptz) else a.suspended_there_at end
    from (select b.id, greatest(b.restriction, place.severity::severity) as standing
      from unnest(${texts(places.map(({ host }) => host))}, ${texts(places.map(({ home }) => home))},
        ${texts(places.map(({ host, home }) => stricter(of(host), of(home))))}) as place (host, home, severity)
      join actors b on b.host = place.host and split_part(b.iri, '/', 3) = place.home) as settled
    where a.id = settled.id and a.standing <> settled.standing returning 1`)
  await dropAttested(tx)
  await giveUpBlocked(tx, now)
  return rows.length
}

/** What a group alone has witnessed counts as long as the instance speaks with it. */
async function dropAttested(tx: Tx): Promise<void> {
  await tx.execute(sql`
    delete from likes where attested_by_id in (select id from actors where standing = 'block' and type = 'Group')`)
  await tx.execute(sql`
    delete from emoji_reactions where attested_by_id in (select id from actors where standing = 'block' and type = 'Group')`)
}

/** Nothing waits any more to be sent where nothing is sent. */
async function giveUpBlocked(tx: Tx, now: Date): Promise<void> {
  const hosts = await listWaitedFor(tx)
  const policies = await findPolicies(tx, hosts)
  await giveUpHosts(
    tx,
    hosts.filter((host) => policies.get(host)?.severity === 'block'),
    now,
  )
}

/** Puts a decision about one remote actor into its row. */
export async function settleRestriction(
  tx: Tx,
  actor: Readonly<{ id: string; restriction: Severity; standing: Severity }>,
  now: Date,
): Promise<void> {
  await tx.execute(sql`
    update actors set restriction = ${actor.restriction}, standing = ${actor.standing}, suspended_at = case
      when ${actor.standing}::severity = 'block' then coalesce(suspended_at, ${now.toISOString()}::timestamptz) else suspended_there_at end
    where id = any(${ids([actor.id])}) and host is not null`)
  await dropAttested(tx)
}
