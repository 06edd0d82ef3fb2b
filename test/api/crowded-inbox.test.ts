import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Ctx } from '#src/context.ts'
import { siteOf } from '#src/core/site.ts'
import { type Received, storeReceived } from '#src/db/inbox.ts'
import { createTestContext, type TestContext } from '#test/support/context.ts'
import { eventually } from '#test/support/eventually.ts'
import { make } from '#test/support/make.ts'
import { PUBLIC } from '#test/support/stranger.ts'
import { drainInbox } from '#workers/inbox.ts'

/** Whatever has to be fetched comes after nine seconds, and is not there; of an honest server after two. */
let test: TestContext
let ctx: Ctx
let lea: Awaited<ReturnType<typeof make.actor>>

beforeEach(async () => {
  test = await createTestContext()
  lea = await make.actor(test.ctx)
  const get: Ctx['fetcher']['get'] = async (url) => {
    await pause(String(url).includes('honest.example') ? 2_000 : 9_000)
    return { status: 404, url: String(url), headers: {}, body: Buffer.alloc(0), hops: 0 }
  }
  ctx = { ...test.ctx, now: () => new Date(), fetcher: { ...test.ctx.fetcher, get } }
})
afterEach(() => test.close())

const from = (actorIri: string, activity: object): Received => ({
  ...{ actorIri, authority: 'signature', signerIri: null, recipientId: null, synchronization: null },
  activityKey: `${actorIri}/activities/1`,
  body: JSON.stringify({
    '@context': 'https://www.w3.org/ns/activitystreams',
    id: `${actorIri}/activities/1`,
    actor: actorIri,
    ...activity,
  }),
})

const boostOf = (host: string) => ({ type: 'Announce', object: `https://${host}/notes/1`, to: [PUBLIC] })

/** Somebody whom lea follows, so that what they boost is read. */
async function follow(iri: string): Promise<string> {
  const { host } = new URL(iri)
  const actor = await make.remoteActor(ctx, { iri, host, inbox: `https://${host}/inbox`, fetchedAt: new Date() })
  await make.follow(ctx, { followerId: lea.actor.id, followeeId: actor.id })
  return iri
}

/** An activity that is received after all others, for which nothing is fetched. */
async function expectHeard(): Promise<void> {
  const iri = String((await make.remoteActor(ctx, { fetchedAt: new Date() })).iri)
  await storeReceived(ctx.db, [from(iri, { type: 'Follow', object: ctx.uris.actor(lea.actor.handle) })])
  const drain = drainInbox(ctx)
  const isDone = async () => {
    const [row] = await ctx.db.$client`select outcome from inbox_activities where actor_iri = ${iri}`
    expect(row?.outcome).toBe('done')
  }
  await eventually(isDone, { withinMs: 8_000, everyMs: 50 })
  await ctx.db.$client`update inbox_activities set processed_at = now(), later_at = null where processed_at is null`
  await drain
}

const numbers = (length: number) => Array.from({ length }, (_, n) => n)

describe('who is honest is heard before they have answered', () => {
  it('while two hundred names below a registered one take their time (row 82)', async () => {
    for (const n of numbers(200)) {
      const host = `a${n}.evil.example`
      await storeReceived(ctx.db, [from(await follow(`https://${host}/u`), boostOf(host))])
    }
    await expectHeard()
  })

  it('while a hundred registered ones do, of which those without a place wait, and have had no delay (row 82)', async () => {
    for (const n of numbers(100)) {
      const host = `evil${n}.example`
      await storeReceived(ctx.db, [from(await follow(`https://${host}/u`), boostOf(host))])
    }
    await expectHeard()
    const rows = await ctx.db.$client`select delays from inbox_activities where outcome like '%at present%'`
    expect(rows.length).toBeGreaterThan(10)
    expect(new Set(rows.map(({ delays }) => delays))).toEqual(new Set([0]))
  })

  it('while two sites have as many begun at once as there are places, of which each gets its own few (row 82)', async () => {
    for (const site of ['one.example', 'two.example'])
      for (const n of numbers(32)) {
        const host = `a${n}.${site}`
        await storeReceived(ctx.db, [from(await follow(`https://${host}/u`), boostOf(host))])
      }
    const drain = drainInbox(ctx)
    const areHeld = async () => {
      const held = await ctx.db.$client`select site, count(*)::int as held from inbox_activities
        where later_at is not null group by site order by site`
      expect(held).toEqual([
        { site: 'one.example', held: 24 },
        { site: 'two.example', held: 24 },
      ])
    }
    await eventually(areHeld, { withinMs: 7_000, everyMs: 50 })
    const slow = await follow('https://honest.example/u')
    await storeReceived(ctx.db, [from(slow, boostOf('honest.example'))])
    const isDone = async () => {
      const [row] = await ctx.db.$client`select processed_at from inbox_activities where actor_iri = ${slow}`
      expect(row?.processed_at).toEqual(expect.any(String))
    }
    await eventually(isDone, { withinMs: 5_000, everyMs: 50 })
    await drain
  })

  it('behind thirty thousand of many actors of one slow site (row 82)', async () => {
    const host = 'crowd.example'
    for (const n of numbers(60)) await follow(`https://${host}/u${n}`)
    const { body } = from('https://crowd.example/u', boostOf(host))
    await ctx.db.$client`insert into inbox_activities (actor_iri, activity_key, authority, site, body)
      select iri, n, 'signature', ${siteOf(host)}, replace(${body}, 'https://crowd.example/u', iri)
      from (select 'https://crowd.example/u' || (n % 60) as iri, n from generate_series(1, 30000) n) as many`
    await expectHeard()
  })
})
