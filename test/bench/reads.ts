import { quantile, type Report } from './report.ts'
import { makeResident, type Resident } from './residents.ts'
import type { Stage } from './stage.ts'

/** One kind of page that somebody opens. */
type Page = Readonly<{ name: string; path: string; accept: string; cpuMs: number }>

/** Readers take turns, since each may ask the API only so often. */
const requestsOfReader = 250

/** Requests before it is measured: for compiling, and for plans, which are made for each connection after five runs. */
const warmUp = 150

/** By how many at once, when the instance has all its posts; while it grows by the middle one. */
const concurrencies = [1, 16, 64]
const extraTurns = concurrencies.length - 1

/** Pages for which somebody has to be known, whose requests are counted. */
const pagesOfApi = 4

/** Remote authors whom every reader follows. */
const authors = 100

/** What people and clients read all day, by how many at once, and while the instance grows. */
export async function measureReads(
  stage: Stage,
  report: Report,
  run: { sizes: readonly number[]; requests: number },
): Promise<void> {
  const measured = run.sizes.length + extraTurns
  const total = (run.requests + warmUp) * measured * pagesOfApi
  const readers: Resident[] = []
  for (let n = 0; n < total / requestsOfReader; n++) readers.push(await makeResident(stage, `robin${n}`, 'Person'))
  const [reader] = readers
  if (!reader) return
  const turn = createTurns(readers)
  await seedAuthors(stage)
  let posts = 0
  for (const size of run.sizes) {
    await seedPosts(stage, reader, { from: posts, to: size })
    posts = size
    const isLast = size === run.sizes.at(-1)
    for (const page of pagesOf(stage, reader)) {
      for (const concurrency of isLast ? concurrencies : [16]) {
        await measurePage(stage, report, { page, turn, concurrency, size, requests: run.requests })
      }
    }
  }
}

/** What is read. */
export function pagesOf(stage: Pick<Stage, 'ctx'>, reader: Resident): Page[] {
  const [json, html] = ['application/json', 'text/html']
  return [
    { name: 'home', path: '/api/v1/timelines/home', accept: json, cpuMs: 2 },
    { name: 'notifications', path: '/api/v1/notifications', accept: json, cpuMs: 2 },
    {
      name: 'account statuses',
      path: `/api/v1/accounts/${reader.viewer.actorId}/statuses`,
      accept: json,
      cpuMs: 1.5,
    },
    { name: 'public timeline', path: '/api/v1/timelines/public', accept: json, cpuMs: 2 },
    {
      name: 'profile page',
      path: new URL(stage.ctx.uris.profile(reader.handle)).pathname,
      accept: html,
      cpuMs: 3,
    },
  ]
}

type Run = Readonly<{ page: Page; turn: Turn; concurrency: number; size: number; requests: number }>

async function measurePage(
  stage: Stage,
  report: Report,
  { page, turn, concurrency, size, requests }: Run,
): Promise<void> {
  await load(stage, { page, turn, concurrency, size, requests: warmUp })
  const cpu = stage.cpuSeconds()
  const started = performance.now()
  const times = await load(stage, { page, turn, concurrency, size, requests })
  const seconds = (performance.now() - started) / 1_000
  const figures = {
    'p50 ms': quantile(times, 0.5),
    'p99 ms': quantile(times, 0.99),
    'CPU ms': ((stage.cpuSeconds() - cpu) * 1_000) / requests,
    'requests/s': requests / seconds,
  }
  report.add(`reads: ${page.name}, ${size} posts, ${concurrency} at once`, figures, {
    'CPU ms': { atMost: page.cpuMs },
  })
}

/** @returns how long each took, in milliseconds */
async function load({ url }: Stage, { page, turn, concurrency, requests }: Run): Promise<number[]> {
  const { path, accept } = page
  const times: number[] = []
  let next = 0
  const lanes = Array.from({ length: concurrency }, async () => {
    while (next++ < requests) {
      const at = performance.now()
      const answer = await fetch(url + path, { headers: { accept, ...(accept === 'text/html' ? {} : turn()) } })
      await answer.arrayBuffer()
      if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}`)
      times.push(performance.now() - at)
    }
  })
  await Promise.all(lanes)
  return times
}

/** The headers of the next reader. */
export type Turn = () => { authorization: string }

/** Lets readers take turns. */
export function createTurns(readers: readonly Resident[]): Turn {
  let next = 0
  return () => ({ authorization: `Bearer ${readers[next++ % readers.length]?.token}` })
}

/** A reader on an instance with so many posts. */
export async function seedReader(stage: Pick<Stage, 'ctx'>, size: number): Promise<Resident> {
  const reader = await makeResident(stage, 'robin', 'Person')
  await seedAuthors(stage)
  await seedPosts(stage, reader, { from: 0, to: size })
  return reader
}

async function seedAuthors({ ctx }: Pick<Stage, 'ctx'>): Promise<void> {
  await ctx.db.$client.unsafe(`
    insert into actors (iri, type, handle, host, inbox, fetched_at)
    select 'https://far.example/users/a' || n, 'Person', 'a' || n, 'far.example', 'https://far.example/users/a' || n || '/inbox', now()
    from generate_series(1, ${authors}) n`)
  await ctx.db.$client.unsafe(
    `insert into follows (follower_id, followee_id, state) select r.id, a.id, 'accepted' from actors a, actors r where a.host is not null and r.host is null and r.type = 'Person'`,
  )
}

/** A post a minute, by turns: nine of ten by those who are followed, one by the reader, whom somebody likes for it. */
async function seedPosts(
  { ctx }: Pick<Stage, 'ctx'>,
  reader: Resident,
  { from, to }: { from: number; to: number },
): Promise<void> {
  const me = reader.viewer.actorId
  await ctx.db.$client.unsafe(`
    with made as (
      select n, make_id(now() - interval '1 year' + n * interval '1 minute') as id from generate_series(${from} + 1, ${to}) n
    ), others as (select id, iri, row_number() over (order by id) - 1 as nth from actors where host is not null)
    insert into posts (id, iri, actor_id, visibility, content, published_at, conversation_id)
    select made.id, case when made.n % 10 > 0 then others.iri || '/notes/' || made.n end,
      case when made.n % 10 > 0 then others.id else ${me} end, 'public',
      '<p>A post that was written before, with two plain sentences. This is the second.</p>',
      now() - interval '1 year' + made.n * interval '1 minute', made.id
    from made join others on others.nth = made.n % ${authors}`)
  await ctx.db.$client.unsafe(`
    insert into notifications (actor_id, kind, from_actor_id, post_id)
    select r.id, 'favourite', (select min(id) from actors where host is not null), p.id
    from posts p, actors r where p.actor_id = ${me} and r.host is null and r.type = 'Person'
    on conflict do nothing`)
  await ctx.db.$client.unsafe('analyze')
}
