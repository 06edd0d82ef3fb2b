import type { Report } from './report.ts'
import { makeResident, type Resident } from './residents.ts'
import type { Stage } from './stage.ts'

/** One kind of page that somebody opens. */
type Page = Readonly<{ name: string; path: string; headers: Record<string, string>; target: string }>

/** Remote authors whom the reader follows. */
const authors = 100

/** What people and clients read all day, by how many at once, and while the instance grows. */
export async function measureReads(
  stage: Stage,
  report: Report,
  run: { sizes: readonly number[]; requests: number },
): Promise<void> {
  const reader = await makeResident(stage, 'robin', 'Person')
  await seedAuthors(stage, reader)
  let posts = 0
  for (const size of run.sizes) {
    await seedPosts(stage, reader, { from: posts, to: size })
    posts = size
    const isLast = size === run.sizes.at(-1)
    for (const page of pagesOf(stage, reader)) {
      for (const concurrency of isLast ? [1, 16, 64] : [16]) {
        await measurePage(stage, report, { page, concurrency, size, requests: run.requests })
      }
    }
  }
}

function pagesOf(stage: Stage, reader: Resident): Page[] {
  const json = { authorization: `Bearer ${reader.token}` }
  const html = { accept: 'text/html' }
  return [
    { name: 'home', path: '/api/v1/timelines/home', headers: json, target: '≤ 2 CPU ms' },
    { name: 'notifications', path: '/api/v1/notifications', headers: json, target: '≤ 2 CPU ms' },
    {
      name: 'account statuses',
      path: `/api/v1/accounts/${reader.viewer.actorId}/statuses`,
      headers: json,
      target: '≤ 1.5 CPU ms',
    },
    { name: 'public timeline', path: '/api/v1/timelines/public', headers: json, target: '≤ 2 CPU ms' },
    {
      name: 'profile page',
      path: new URL(stage.ctx.uris.profile(reader.handle)).pathname,
      headers: html,
      target: '≤ 3 CPU ms',
    },
  ]
}

type Run = Readonly<{ page: Page; concurrency: number; size: number; requests: number }>

async function measurePage(stage: Stage, report: Report, { page, concurrency, size, requests }: Run): Promise<void> {
  // Not measured: compiling, and plans that are made once for each connection.
  await load(stage, page, concurrency, Math.ceil(requests / 4))
  const cpu = stage.cpuSeconds()
  const started = performance.now()
  const times = (await load(stage, page, concurrency, requests)).sort((a, b) => a - b)
  const seconds = (performance.now() - started) / 1_000
  const figures = {
    'p50 ms': times[Math.floor(times.length * 0.5)] ?? 0,
    'p99 ms': times[Math.floor(times.length * 0.99)] ?? 0,
    'CPU ms': ((stage.cpuSeconds() - cpu) * 1_000) / requests,
    'requests/s': requests / seconds,
  }
  report.add(`reads: ${page.name}, ${size} posts, ${concurrency} at once`, figures, page.target)
}

/** @returns how long each took, in milliseconds */
async function load({ url }: Stage, { path, headers }: Page, concurrency: number, requests: number): Promise<number[]> {
  const times: number[] = []
  let next = 0
  const lanes = Array.from({ length: concurrency }, async () => {
    while (next++ < requests) {
      const at = performance.now()
      const answer = await fetch(url + path, { headers })
      await answer.arrayBuffer()
      if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}`)
      times.push(performance.now() - at)
    }
  })
  await Promise.all(lanes)
  return times
}

async function seedAuthors({ ctx }: Stage, reader: Resident): Promise<void> {
  await ctx.db.$client.unsafe(`
    insert into actors (iri, type, handle, host, inbox, fetched_at)
    select 'https://far.example/users/a' || n, 'Person', 'a' || n, 'far.example', 'https://far.example/users/a' || n || '/inbox', now()
    from generate_series(1, ${authors}) n`)
  await ctx.db.$client.unsafe(
    `insert into follows (follower_id, followee_id, state) select ${reader.viewer.actorId}, id, 'accepted' from actors where host is not null`,
  )
}

/** A post a minute, by turns: nine of ten by those who are followed, one by the reader, whom somebody likes for it. */
async function seedPosts({ ctx }: Stage, reader: Resident, { from, to }: { from: number; to: number }): Promise<void> {
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
    select ${me}, 'favourite', (select min(id) from actors where host is not null), id from posts where actor_id = ${me}
    on conflict do nothing`)
  await ctx.db.$client.unsafe('analyze')
}
