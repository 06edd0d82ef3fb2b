import { setTimeout as wait } from 'node:timers/promises'
import { createPost } from '#src/features/posts/create.ts'
import { type Manner, openPeerHost, type PeerHost } from './peers.ts'
import type { Report } from './report.ts'
import { makeResident, type Resident } from './residents.ts'
import type { Stage } from './stage.ts'

/** Every how many hosts one is dead when some are. */
const oneIn = 5

/** Longer than any run should take: what is missing then is missing for good. */
const patienceMs = 60_000

/** One post to followers on many servers, a burst of three, and the same while one server in five is dead. */
export async function measureFanout(stage: Stage, report: Report, hostCount: number): Promise<void> {
  const author = await makeResident(stage, 'garden', 'Organization')
  const hosts = await Promise.all(Array.from({ length: hostCount }, () => openPeerHost()))
  await seedFollowers(stage, author, hosts)
  const run = { stage, report, author, hosts }
  // The first run opens all connections and lets the programs warm up.
  await measureRun(run, { name: 'first post (connections are opened)', posts: 1, target: '' })
  const healthy = await measureRun(run, { name: 'one post', posts: 1, target: '≤ 1.5 CPU-s per 1,000' })
  await measureRun(run, { name: 'burst of three', posts: 3, target: '≤ 1.5 CPU-s per 1,000' })
  for (const [turn, manner] of (['refuse', 'hang', 'fail'] as const).entries()) {
    await makeWell(stage)
    setDead(hosts, manner, turn)
    const target = '≤ 1.1 × the time against none dead'
    await measureRun(run, { name: `one post, one host in five: ${manner}`, posts: 1, target, healthy })
  }
  await Promise.all(hosts.map((host) => host.close()))
}

type Run = Readonly<{ stage: Stage; report: Report; author: Resident; hosts: readonly PeerHost[] }>
type Plan = Readonly<{ name: string; posts: number; target: string; healthy?: number }>

/** @returns how long it took until every healthy server had everything, in milliseconds */
async function measureRun(
  { stage, report, author, hosts }: Run,
  { name, posts, target, healthy }: Plan,
): Promise<number> {
  const living = hosts.filter((host) => host.manner() === 'accept')
  for (const host of hosts) host.deliveries.length = 0
  const cpu = stage.cpuSeconds()
  const started = performance.now()
  for (let n = 0; n < posts; n++) await createPost(stage.ctx, author.viewer, { text: `${name}, ${n}`, language: 'en' })
  const until = started + patienceMs
  while (living.some((host) => host.deliveries.length < posts) && performance.now() < until) await wait(10)
  const last = Math.max(...living.flatMap((host) => host.deliveries.map(({ at }) => at)))
  await untilFinished(stage)
  const cpuSeconds = stage.cpuSeconds() - cpu
  const deliveries = living.flatMap((host) => host.deliveries.map(({ id }) => `${host.origin} ${id}`))
  const figures = {
    deliveries: deliveries.length,
    missing: living.length * posts - new Set(deliveries).size,
    duplicates: deliveries.length - new Set(deliveries).size,
    'deliveries/s': deliveries.length / ((last - started) / 1_000),
    'CPU-s/1000': (cpuSeconds / deliveries.length) * 1_000,
    'until all ms': last - started,
    ...(healthy ? { '× healthy': (last - started) / healthy } : {}),
  }
  report.add(`fan-out: ${name}`, figures, target)
  return last - started
}

/** The bookkeeping after the last answer counts, too. */
async function untilFinished({ ctx }: Stage): Promise<void> {
  const until = performance.now() + patienceMs
  for (let open = 1; open > 0; ) {
    const [row] = await ctx.db.$client`select count(*)::int as open from deliveries where finished_at is null`
    open = Number(row?.open)
    if (performance.now() > until) throw new Error(`${open} pieces of an audience were never finished`)
    if (open > 0) await wait(25)
  }
}

/** Others in each turn: a worker remembers for a minute who failed. */
function setDead(hosts: readonly PeerHost[], manner: Manner, turn: number): void {
  for (const [n, host] of hosts.entries()) host.setManner(n % oneIn === turn ? manner : 'accept')
}

/** Every run begins with hosts of which no failure is known. */
async function makeWell({ ctx }: Stage): Promise<void> {
  await ctx.db.$client`update hosts set failures = 0, retry_at = null, failing_since = null`
  await ctx.db.$client`delete from delivery_retries`
}

/** One approved follower on each server, without asking over the wire: what is measured is the post. */
async function seedFollowers({ ctx }: Stage, author: Resident, hosts: readonly PeerHost[]): Promise<void> {
  const rows = hosts.map(({ origin }) => ({
    host: new URL(origin).host,
    iri: `${origin}/users/reader`,
    inbox: `${origin}/inbox`,
  }))
  const json = JSON.stringify(rows)
  const peers = `jsonb_to_recordset('${json}'::jsonb) as peer (host text, iri text, inbox text)`
  await ctx.db.$client.unsafe(`insert into hosts (host) select host from ${peers} on conflict do nothing`)
  await ctx.db.$client.unsafe(`insert into inboxes (url, host) select inbox, host from ${peers}`)
  await ctx.db.$client.unsafe(`
    insert into actors (iri, type, handle, host, inbox, shared_inbox, delivery_inbox_id)
    select peer.iri, 'Person', 'reader', peer.host, peer.inbox, peer.inbox, i.id from ${peers} join inboxes i on i.url = peer.inbox`)
  await ctx.db.$client.unsafe(
    `insert into follows (follower_id, followee_id, state) select id, ${author.viewer.actorId}, 'accepted' from actors where host is not null`,
  )
}
