import { setTimeout as wait } from 'node:timers/promises'
import { openPeerHost, type Peer, type PeerHost } from './peers.ts'
import { type Goals, quantile, type Report } from './report.ts'
import { makeResident, publish, type Resident } from './residents.ts'
import type { Stage } from './stage.ts'

const publicIri = 'https://www.w3.org/ns/activitystreams#Public'
const activityStreams = 'https://www.w3.org/ns/activitystreams'

/** At once, as many servers do after a post that many liked. */
const concurrency = 32

/** Remote actors; every one likes and boosts each post once. */
const peerCount = 40

/** One kind of activity, and the rows by which it is seen that it has arrived: those from which the client API answers. */
type Kind = Readonly<{ name: string; goals: Goals; make(peer: Peer, n: number): object; count(): Promise<number> }>

/** Signed activities from many actors: how many are accepted and become visible in a second, and what a thousand cost. */
export async function measureIngest(stage: Stage, report: Report, size: number): Promise<void> {
  const host = await openPeerHost()
  const reader = await makeResident(stage, 'robin', 'Person')
  const organization = await makeResident(stage, 'garden', 'Organization')
  const posts = await publish(stage, organization, Math.ceil(size / peerCount) + 1)
  const peers = await Promise.all(Array.from({ length: peerCount }, (_, n) => host.addPeer(`peer${n}`)))
  const kinds = kindsOf(stage, { reader, organization, posts })
  await measureFirstContact(stage, report, { host, peers, organization, post: posts.at(-1) ?? '' })
  await followAll(stage, reader)
  for (const kind of kinds) await measureKind(stage, report, { kind, host, peers, size })
  // The ways of a Follow are travelled first: plans are made once for each connection.
  await measureFollows(stage, report, { organization, name: 'first Follows', size: 100 })
  await measureFollows(stage, report, {
    organization,
    name: 'Follow, with the Accept delivered (strangers)',
    size: size / 4,
  })
  await host.close()
}

function goalsOf(cpuSeconds: number, visible?: number): Goals {
  const goals = { 'CPU-s/1000': { atMost: cpuSeconds }, 'p95 ms': { atMost: 1_000 } }
  return visible ? { ...goals, 'visible/s': { atLeast: visible } } : goals
}

/** The key and the actor have to be fetched. */
async function measureFirstContact(
  stage: Stage,
  report: Report,
  run: { host: PeerHost; peers: Peer[]; organization: Resident; post: string },
): Promise<void> {
  const { host, peers, organization, post } = run
  const object = stage.ctx.uris.post(organization.handle, post)
  const count = () => countRows(stage, `likes where post_id = ${post}`)
  await timed(stage, report, {
    name: 'first contact (Like by a stranger)',
    goals: {},
    host,
    size: peers.length,
    count,
    send: (n) => sendTo(stage, peers[n], (peer) => like(peer, 'first', object)),
  })
}

/** Everybody is a stranger, asks, and gets the Accept. */
async function measureFollows(
  stage: Stage,
  report: Report,
  { organization, name, size }: { organization: Resident; name: string; size: number },
): Promise<void> {
  const host = await openPeerHost()
  const peers = await Promise.all(Array.from({ length: size }, (_, n) => host.addPeer(`follower${n}`)))
  const make = (peer: Peer) => ({
    '@context': activityStreams,
    id: `${peer.iri}/follow`,
    type: 'Follow',
    actor: peer.iri,
    object: organization.iri,
  })
  await timed(stage, report, {
    name,
    goals: goalsOf(20, 60),
    host,
    size: peers.length,
    count: async () => host.deliveries.length,
    send: (n) => sendTo(stage, peers[n], make),
  })
  await host.close()
}

async function measureKind(
  stage: Stage,
  report: Report,
  { kind, host, peers, size }: { kind: Kind; host: PeerHost; peers: readonly Peer[]; size: number },
): Promise<void> {
  const { name, goals, count } = kind
  const send = (n: number) => sendTo(stage, peers[n % peers.length], (peer) => kind.make(peer, n))
  await timed(stage, report, { name, goals: { ...goals, 'fetches each': { atMost: 0 } }, host, size, count, send })
}

async function sendTo(stage: Stage, peer: Peer | undefined, make: (peer: Peer) => object): Promise<void> {
  if (!peer) return
  const status = await peer.send(`${stage.url}/inbox`, make(peer))
  if (status !== 202) throw new Error(`an activity was answered with ${status}`)
}

type Run = Readonly<{
  name: string
  goals: Goals
  host: PeerHost
  size: number
  count(): Promise<number>
  send(n: number): Promise<void>
}>

async function timed(stage: Stage, report: Report, run: Run): Promise<void> {
  const base = await run.count()
  const fetched = run.host.fetches()
  const cpu = stage.cpuParts()
  const started = performance.now()
  const sentAt: number[] = []
  let next = 0
  const lanes = Array.from({ length: concurrency }, async () => {
    for (let n = next++; n < run.size; n = next++) {
      const at = performance.now()
      await run.send(n)
      sentAt.push(at)
    }
  })
  const watching = watch(run, base, sentAt)
  await Promise.all(lanes)
  const acceptedMs = performance.now() - started
  const delays = await watching
  const visibleMs = performance.now() - started
  const spent = stage.cpuParts()
  const each = (name: keyof typeof cpu) => ((spent[name] - cpu[name]) / run.size) * 1_000
  const [web, worker, postgres] = [each('web'), each('worker'), each('postgres')]
  const figures = {
    'accepted/s': run.size / (acceptedMs / 1_000),
    'visible/s': run.size / (visibleMs / 1_000),
    'CPU-s/1000': web + worker + postgres,
    web,
    worker,
    postgres,
    'p50 ms': quantile(delays, 0.5),
    'p95 ms': quantile(delays, 0.95),
    'fetches each': (run.host.fetches() - fetched) / run.size,
  }
  report.add(`ingest: ${run.name}`, figures, run.goals)
}

/** The k-th to become visible is taken to be the k-th that was accepted. */
async function watch(run: Run, base: number, sentAt: readonly number[]): Promise<number[]> {
  const delays: number[] = []
  const until = performance.now() + 120_000
  while (delays.length < run.size) {
    const arrived = (await run.count()) - base
    const at = performance.now()
    while (delays.length < arrived && delays.length < sentAt.length) delays.push(at - (sentAt[delays.length] ?? at))
    if (at > until) throw new Error(`${run.name}: only ${arrived} of ${run.size} became visible`)
    await wait(25)
  }
  return delays
}

async function countRows({ ctx }: Stage, from: string): Promise<number> {
  const [row] = await ctx.db.$client.unsafe(`select count(*)::int as count from ${from}`)
  return Number(row?.count ?? 0)
}

/** Without asking over the wire: what is measured is posts that arrive, not how they came to be followed. */
async function followAll({ ctx }: Stage, reader: Resident): Promise<void> {
  await ctx.db.$client.unsafe(
    `insert into follows (follower_id, followee_id, state) select ${reader.viewer.actorId}, id, 'accepted' from actors where host is not null`,
  )
}

function like(peer: Peer, name: string, object: string): object {
  return { '@context': activityStreams, id: `${peer.iri}/likes/${name}`, type: 'Like', actor: peer.iri, object }
}

function note(peer: Peer, name: string, to: string[]): object {
  const published = `${new Date().toISOString().slice(0, 19)}Z`
  const addresses = { to, cc: [`${peer.iri}/followers`] }
  const mention = to.find((iri) => iri !== publicIri)
  const object = {
    id: `${peer.iri}/notes/${name}`,
    type: 'Note',
    attributedTo: peer.iri,
    content: `<p>${name}: a plain post as people write them, of two sentences. This is the second.</p>`,
    published,
    ...addresses,
    tag: mention ? [{ type: 'Mention', href: mention, name: '@garden' }] : [],
  }
  return {
    '@context': activityStreams,
    id: `${peer.iri}/notes/${name}/activity`,
    type: 'Create',
    actor: peer.iri,
    published,
    ...addresses,
    object,
  }
}

function kindsOf(stage: Stage, parts: { reader: Resident; organization: Resident; posts: readonly string[] }): Kind[] {
  const { organization, posts } = parts
  const { uris } = stage.ctx
  const objectOf = (n: number) => uris.post(organization.handle, posts[Math.floor(n / peerCount)] ?? '')
  const notified = (kind: string) => () =>
    countRows(stage, `notifications where actor_id = ${organization.viewer.actorId} and kind = '${kind}'`)
  const announce = (peer: Peer, n: number) => ({
    '@context': activityStreams,
    id: `${peer.iri}/boosts/${n}`,
    type: 'Announce',
    actor: peer.iri,
    published: `${new Date().toISOString().slice(0, 19)}Z`,
    to: [publicIri],
    cc: [`${peer.iri}/followers`],
    object: objectOf(n),
  })
  return [
    {
      name: 'post to followers',
      goals: goalsOf(6),
      make: (peer, n) => note(peer, `post-${n}`, [publicIri]),
      count: () => countRows(stage, 'posts where iri is not null'),
    },
    {
      name: 'mention',
      goals: goalsOf(8),
      make: (peer, n) => note(peer, `mention-${n}`, [publicIri, organization.iri]),
      count: notified('mention'),
    },
    {
      name: 'Like',
      goals: goalsOf(6, 200),
      make: (peer, n) => like(peer, `warm-${n}`, objectOf(n)),
      count: notified('favourite'),
    },
    { name: 'Announce of a known object', goals: goalsOf(8), make: announce, count: notified('reblog') },
  ]
}
