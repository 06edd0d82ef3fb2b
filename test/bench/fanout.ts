import { setTimeout as wait } from 'node:timers/promises'
import { createPost } from '#src/features/posts/create.ts'
import { measureSigning } from './limits.ts'
import { type Manner, openPeerHost, type PeerHost } from './peers.ts'
import { createReport, type Goals, quantile, type Report } from './report.ts'
import { makeResident, type Resident } from './residents.ts'
import type { Stage } from './stage.ts'

/** Every how many hosts one is dead when some are. */
const oneIn = 5

/** Longer than any run should take: what is missing then is missing for good. */
const patienceMs = 60_000

/** Followers at the end, when it is measured what they cost the author who waits for the answer. */
const manyFollowers = 100_000

const goals = {
  missing: { atMost: 0 },
  duplicates: { atMost: 0 },
  'CPU-s/1000': { atMost: 1.5 },
  '% signing': { atLeast: 60 },
  'body bytes': { atMost: 2_300 },
} as const

/** One post to followers on many servers, a burst of three, and the same while one server in five is dead. */
export async function measureFanout(stage: Stage, report: Report, hostCount: number): Promise<void> {
  const author = await makeResident(stage, 'garden', 'Organization')
  const hosts = await Promise.all(Array.from({ length: hostCount }, () => openPeerHost()))
  await seedFollowers(stage, author, hosts)
  const run = { stage, report, author, hosts, signing: await measureSigning(1_000) }
  // The first run opens all connections and lets the programs warm up.
  await measureRun(run, { name: 'first post (connections are opened)', posts: 1, goals: {} })
  const healthy = await measureRun(run, { name: 'one post', posts: 1, goals })
  await measureRun(run, { name: 'burst of three', posts: 3, goals })
  for (const [turn, manner] of (['refuse', 'hang', 'fail'] as const).entries()) {
    await openConnections(run)
    setDead(hosts, manner, turn)
    const { missing, duplicates } = goals
    const plan = { posts: 1, goals: { missing, duplicates, '× healthy': { atMost: 1.1 } }, healthy }
    await measureRun(run, { name: `one post, one host in five: ${manner}`, ...plan })
  }
  await openConnections(run)
  await measurePosting(run)
  await Promise.all(hosts.map((host) => host.close()))
}

type Run = Readonly<{
  stage: Stage
  report: Report
  author: Resident
  hosts: readonly PeerHost[]
  /** CPU seconds for a thousand signatures. */
  signing: number
}>
type Plan = Readonly<{ name: string; posts: number; goals: Goals; healthy?: number }>

/** @returns how long it took until every healthy server had everything, in milliseconds */
async function measureRun(
  { stage, report, author, hosts, signing }: Run,
  { name, posts, goals, healthy }: Plan,
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
  const cpuEach = (stage.cpuSeconds() - cpu) / (living.length * posts)
  const deliveries = living.flatMap((host) => host.deliveries.map(({ id }) => `${host.origin} ${id}`))
  const figures = {
    deliveries: deliveries.length,
    missing: living.length * posts - new Set(deliveries).size,
    duplicates: deliveries.length - new Set(deliveries).size,
    'deliveries/s': deliveries.length / ((last - started) / 1_000),
    'CPU-s/1000': cpuEach * 1_000,
    '% signing': (signing / (cpuEach * 1_000)) * 100,
    'body bytes': Math.max(...living.flatMap((host) => host.deliveries.map(({ bytes }) => bytes))),
    'until all ms': last - started,
    '× healthy': healthy ? (last - started) / healthy : 1,
  }
  report.add(`fan-out: ${name}`, figures, goals)
  return last - started
}

/** A post to all of them, well again: after one that hangs for ten seconds the others have closed their connections, and opening costs more than posting. */
async function openConnections(run: Run): Promise<void> {
  for (const host of run.hosts) host.setManner('accept')
  await makeWell(run.stage)
  await measureRun({ ...run, report: createReport(() => {}) }, { name: 'not measured', posts: 1, goals: {} })
}

/** How long an author waits for the answer, however many follow. The first calls are another one's, whom nobody follows: for compiling. */
async function measurePosting({ stage, report, author, hosts }: Run): Promise<void> {
  await seedReaders(stage, author, hosts[0])
  const nobody = await makeResident(stage, 'hermit', 'Person')
  for (let n = 0; n < 20; n++) await postAs(stage, nobody, n)
  const took: number[] = []
  for (let n = 0; n < 20; n++) {
    const started = performance.now()
    await postAs(stage, author, n)
    took.push(performance.now() - started)
    await untilFinished(stage)
  }
  const name = `fan-out: the call that posts, ${manyFollowers} followers`
  report.add(name, { 'p50 ms': quantile(took, 0.5) }, { 'p50 ms': { atMost: 30 } })
}

async function postAs(stage: Stage, resident: Resident, n: number): Promise<void> {
  const answer = await fetch(`${stage.url}/api/v1/statuses`, {
    method: 'POST',
    headers: { authorization: `Bearer ${resident.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ status: `Posted by a client, ${n}`, language: 'en' }),
  })
  await answer.arrayBuffer()
  if (!answer.ok) throw new Error(`a post was answered with ${answer.status}`)
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

/** Many followers more behind the inbox of one server. */
async function seedReaders({ ctx }: Stage, author: Resident, host: PeerHost | undefined): Promise<void> {
  await ctx.db.$client.unsafe(`
    with made as (
      insert into actors (iri, type, handle, host, inbox, shared_inbox, delivery_inbox_id)
      select i.url || '/readers/' || n, 'Person', 'reader' || n, i.host, i.url, i.url, i.id
      from inboxes i, generate_series(1, ${manyFollowers}) n where i.url = '${host?.origin}/inbox' returning id
    ) insert into follows (follower_id, followee_id, state) select id, ${author.viewer.actorId}, 'accepted' from made`)
  await ctx.db.$client.unsafe('analyze')
}
