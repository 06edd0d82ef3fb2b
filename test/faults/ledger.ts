import { setTimeout as pause } from 'node:timers/promises'
import { and, eq } from 'drizzle-orm'
import { expect } from 'vitest'
import { inboxActivities } from '#src/db/schema/inbox.ts'
import { eventually } from '#test/support/eventually.ts'
import { make } from '#test/support/make.ts'
import { PUBLIC, type Stranger, type StrangerActor } from '#test/support/stranger.ts'
import type { Instance, Member } from '#test/support/two-servers.ts'

/** How an attempt ended that was not acknowledged: by whom nobody listened, in the middle, with 503 or 429, with another error of ours. */
type Failure = 'refused' | 'cutOff' | 'unavailable' | 'faults'

/** What an instance promised and what became of it, in numbers. */
export type Figures = Readonly<{
  /** Posts answered with 200 and activities answered with 202. */
  acknowledged: number
  /** Of these, what is not there a minute after the end. */
  lost: number
  /** Of these, what is there more than once: two posts, two notifications, two activities on the wire. */
  doubled: number
  /** The same activity on the wire again, which receivers know by its id. */
  repeated: number
  /** The longest time in which nothing was acknowledged. */
  longestSilenceMs: number
  /** How long after the last acknowledgement everything was there. */
  settledMs: number
  /** Posts and activities that were taken although no answer came: they had been under way. */
  interrupted: number
}> &
  Readonly<Record<Failure, number>>

/** Who speaks: organisations of the instance, and somebody elsewhere who follows them and writes to them. */
export type Cast = Readonly<{ instance: Instance; orgs: readonly Member[]; elsewhere: Stranger; zoe: StrangerActor }>

type Load = Readonly<{ seconds: number; perSecond: number }>

/** What one caller may ask for in five minutes is 300, with what is tried again. */
const postsOfOne = 100

/** Before what was not acknowledged is tried again, in milliseconds: as clients do, longer each time. */
const waitBefore = (attempt: number) => Math.min(5_000, 200 * 2 ** attempt)

/** Makes as many organisations as a load needs; each and somebody elsewhere follow each other. */
export async function gather(instance: Instance, elsewhere: Stranger, { seconds, perSecond }: Load): Promise<Cast> {
  const zoe = await elsewhere.actor('zoe')
  const count = Math.ceil((seconds * perSecond) / postsOfOne)
  const names = Array.from({ length: count }, (_, n) => `atelier${n}`)
  const orgs = await Promise.all(names.map((name) => instance.join(name, { type: 'Organization', isOpen: true })))
  const { id } = await make.remoteActor(instance.ctx, {
    iri: zoe.iri,
    host: elsewhere.host,
    handle: 'zoe',
    inbox: zoe.inbox,
    sharedInbox: null,
  })
  for (const { actor } of orgs) {
    await make.follow(instance.ctx, { followerId: id, followeeId: actor.id })
    // Of what strangers write, ten an hour are told.
    await make.follow(instance.ctx, { followerId: actor.id, followeeId: id })
  }
  return { instance, orgs, elsewhere, zoe }
}

/**
 * Has posts and activities come in, half and half, evenly in time and each until it is acknowledged, as clients and servers try again; lets
 * something happen meanwhile; and then counts.
 * @param load `perSecond` counts both
 */
export async function keepLedger(cast: Cast, load: Load, happen: () => Promise<void>): Promise<Figures> {
  const { instance, orgs, zoe } = cast
  const { url } = instance
  const total = load.seconds * load.perSecond
  const book = openBook()
  const letters = Array.from({ length: total / 2 }, (_, n) => letterTo(orgs[n % orgs.length] as Member, zoe, n))
  const act = (n: number) => {
    const nth = Math.floor(n / 2)
    if (n % 2 === 1) return book.untilAcknowledged(() => hand(cast, letters[nth] as Letter), 202)
    return book.untilAcknowledged(() => publish(url, orgs[nth % orgs.length] as Member, nth), 200)
  }
  const all = inPace(total, 1000 / load.perSecond, act)
  // It is awaited below; until then a failure in it must not be an unhandled rejection.
  all.catch(() => {})
  await happen()
  await all
  const endedAt = performance.now()
  const lost = await missing(cast, total / 2)
  return { ...book.figures(), lost, ...(await excess(cast)), settledMs: Math.round(performance.now() - endedAt) }
}

async function inPace(total: number, everyMs: number, act: (n: number) => Promise<void>): Promise<void> {
  const begun: Promise<void>[] = []
  const startedAt = performance.now()
  for (let n = 0; n < total; n++) {
    begun.push(act(n))
    await pause(Math.max(0, startedAt + (n + 1) * everyMs - performance.now()))
  }
  await Promise.all(begun)
}

/** An answer, and when what was acknowledged was made or taken. */
type Attempted = { status: number; madeAt?: number }

function openBook() {
  const failures: Record<Failure, number> = { refused: 0, cutOff: 0, unavailable: 0, faults: 0 }
  let [acknowledged, interrupted, last, longest] = [0, 0, performance.now(), 0]
  const untilAcknowledged = async (attempt: () => Promise<Attempted>, wanted: number) => {
    let latest = 'never tried'
    const end = performance.now() + 120_000
    for (let n = 0; performance.now() < end; await pause(waitBefore(n++))) {
      const begunAt = Date.now()
      const outcome = await attempt().then(({ status, madeAt = begunAt }) => {
        latest = `status ${status}`
        if (n > 0 && madeAt < begunAt) interrupted++
        return status === wanted ? 'yes' : ofStatus(status)
      }, ofError)
      if (outcome !== 'yes') {
        failures[outcome]++
        continue
      }
      const now = performance.now()
      longest = Math.max(longest, now - last)
      last = now
      acknowledged++
      return
    }
    throw new Error(`something was not acknowledged in two minutes, at the end: ${latest}`)
  }
  const figures = () => ({ acknowledged, longestSilenceMs: Math.round(longest), ...failures, interrupted })
  return { untilAcknowledged, figures }
}

function ofStatus(status: number): Failure {
  if (status === 503 || status === 429) return 'unavailable'
  if (status >= 500) return 'faults'
  throw new Error(`answered with ${status}, which no second attempt changes`)
}

function ofError(error: unknown): Failure {
  type Reason = { code?: string; syscall?: string }
  const { code, syscall, cause } = error as Reason & { cause?: Reason }
  if (error instanceof Error && error.message.startsWith('answered with')) throw error
  // Nobody listens, or has just ceased to: there was no connection.
  if ((cause?.syscall ?? syscall) === 'connect') return 'refused'
  process.stderr.write(`cut off: ${String(error)} ${String(cause ?? code)}\n`)
  return 'cutOff'
}

async function publish(url: string, org: Member, n: number): Promise<Attempted> {
  const answer = await fetch(`${url}/api/v1/statuses`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${org.token}`,
      'content-type': 'application/json',
      'idempotency-key': `news-${n}`,
    },
    body: JSON.stringify({ status: `News ${n}` }),
    signal: AbortSignal.timeout(10_000),
  })
  const text = await answer.text()
  return { status: answer.status, madeAt: answer.ok ? Date.parse(JSON.parse(text).created_at) : undefined }
}

type Letter = ReturnType<typeof letterTo>

async function hand({ instance, zoe }: Cast, letter: Letter): Promise<Attempted> {
  const { status } = await zoe.post(`${instance.url}/inbox`, letter)
  if (status !== 202) return { status }
  const rows = await instance.ctx.db
    .select({ receivedAt: inboxActivities.receivedAt })
    .from(inboxActivities)
    .where(and(eq(inboxActivities.actorIri, zoe.iri), eq(inboxActivities.activityKey, letter.id)))
    // Where PostgreSQL is what fails, nobody can look just now; what is lost is counted at the end.
    .catch(() => null)
  if (rows?.length === 0) throw new Error('answered with 202, but it is not in the inbox')
  return { status, madeAt: rows?.[0]?.receivedAt.getTime() }
}

/** A post that names an organisation, under an id that stays the same however often it is sent. */
function letterTo(org: Member, zoe: StrangerActor, n: number) {
  const tag = [{ type: 'Mention', href: org.iri, name: `@${org.acct}` }]
  const note = zoe.note({ content: `<p>Letter ${n}</p>`, to: [PUBLIC], cc: [org.iri], tag })
  return zoe.activity('Create', note, { to: note.to, cc: note.cc })
}

const withinMs = 60_000

/** Waits until everything is there, for a minute; returns how much is not. */
async function missing(cast: Cast, each: number): Promise<number> {
  let left = Number.NaN
  const look = async () => {
    const { posts, letters, mentions } = await stored(cast)
    const sent = new Set(delivered(cast).map(({ json }) => json.object.content))
    left = 4 * each - posts.size - letters.size - mentions.size - sent.size
    expect(left).toBe(0)
  }
  await eventually(look, { withinMs, everyMs: 100 }).catch(() => {})
  return left
}

/** How often each post, each letter and each notification of a letter is there, by what it says. */
async function stored({ instance }: Cast) {
  const rows = await instance.ctx.db.$client<{ kind: string; said: string; times: number }[]>`
    with said as (
      select case when iri is null then 'post' else 'letter' end as kind, id, content
      from posts)
    select kind, content as said, count(*)::int as times from said group by 1, 2
    union all
    select 'mention', said.content, count(*)::int from notifications n join said on said.id = n.post_id
      where n.kind = 'mention' group by 2`
  const of = (kind: string) => new Map(rows.flatMap((row) => (row.kind === kind ? [[row.said, row.times]] : [])))
  return { posts: of('post'), letters: of('letter'), mentions: of('mention') }
}

const delivered = ({ elsewhere }: Cast) => elsewhere.deliveries.filter(({ json }) => json?.type === 'Create')

async function excess(cast: Cast): Promise<{ doubled: number; repeated: number }> {
  const { posts, letters, mentions } = await stored(cast)
  const twice = [posts, letters, mentions].flatMap((counts) => [...counts.values()]).filter((times) => times > 1).length
  const onWire = delivered(cast)
  const ids = new Set(onWire.map(({ json }) => json.id as string))
  const said = new Set(onWire.map(({ json }) => json.object.content as string))
  return { doubled: twice + ids.size - said.size, repeated: onWire.length - ids.size }
}
