import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createSiteCounts, withBudget, withinSites } from '#federation/budget.ts'
import type { Ctx } from '#src/context.ts'
import type { GetOptions } from '#src/core/fetch.ts'
import { OutboundError } from '#src/core/outbound/error.ts'
import { siteOf } from '#src/core/site.ts'

describe('what is asked of one site', () => {
  it('is bounded by the minute, under whatever name below it (row 81)', () => {
    let at = 0
    const sites = createSiteCounts(() => at, 3)
    const ask = (...hosts: string[]) => hosts.map((host) => sites.take(host))
    expect(ask('a.evil.example', 'b.evil.example:444', 'evil.example')).toEqual([true, true, true])
    expect(ask('c.evil.example', 'other.example')).toEqual([false, true])
    at += 60_000
    expect(ask('c.evil.example')).toEqual([true])
  })

  it('is a quarter of that at the most where one other site has caused it (row 81)', () => {
    const sites = createSiteCounts(() => 0, 8)
    const ask = (...causes: (string | undefined)[]) => causes.map((by) => sites.take('a.victim.example', by))
    expect(ask('evil.example', 'evil.example', 'evil.example')).toEqual([true, true, false])
    expect(ask('honest.example', undefined, 'victim.example')).toEqual([true, true, true])
    expect(ask('victim.example', 'victim.example', 'victim.example', 'victim.example')).toEqual([
      true,
      true,
      true,
      false,
    ])
  })

  it.each([
    ['social.example', 'social.example'],
    ['a.b.social.example:8080', 'social.example'],
    ['news.bbc.co.uk', 'bbc.co.uk'],
    ['a.ville.gouv.fr', 'ville.gouv.fr'],
    ['x.github.io', 'x.github.io'],
    ['a.x.github.io', 'x.github.io'],
    ['github.io', 'github.io'],
    ['a.evl.fr', 'evl.fr'],
    ['a_b.-.evil.example', 'evil.example'],
    [`${'a'.repeat(64)}.!.evil.example`, 'evil.example'],
    ['a.evil.example.:444', 'evil.example'],
    ['a.xn--caf-dma.fr', 'xn--caf-dma.fr'],
    ['mastodon.art', 'mastodon.art'],
    ['192.0.2.7:3000', '192.0.2.7:3000'],
    ['[2001:db8::1]:3000', '[2001:db8::1]:3000'],
    ['localhost', 'localhost'],
    ['localhost:3000', 'localhost'],
  ])('of %s is counted for %s (row 81)', (host, site) => {
    expect(siteOf(host)).toBe(site)
  })
})

describe('what one cause leads to', () => {
  /** Another server, of which each answer takes some time. */
  function slow(ms: number) {
    const deadlines: (number | undefined)[] = []
    const get = async (_url: string, { deadlineMs }: { deadlineMs?: number }) => {
      deadlines.push(deadlineMs)
      await pause(ms)
      return { body: Buffer.alloc(10) }
    }
    return { deadlines, ctx: { now: () => new Date(), fetcher: { get } } as unknown as Ctx }
  }
  const how = { accept: 'x', maxBytes: 1, deadlineMs: 10_000 }

  it('ends when the time for all of its requests is over, however long each may take (row 82)', async () => {
    const { ctx, deadlines } = slow(600)
    await withBudget(ctx, { requests: 50, ms: 1_000, bytes: 100 }, async (budget) => {
      await budget.ctx.fetcher.get('https://slow.example/1', how)
      expect(budget.spent()).toBeNull()
      await budget.ctx.fetcher.get('https://slow.example/2', how)
      expect(budget.spent()).toBe('time')
      await expect(budget.ctx.fetcher.get('https://slow.example/3', how)).rejects.toMatchObject({ code: 'timeout' })
    })
    expect(deadlines).toHaveLength(2)
    for (const deadline of deadlines) expect(deadline).toBeLessThanOrEqual(1_000)
  })

  it('asks no more of one site than all together may, where the cause is bounded otherwise (row 81)', async () => {
    const { ctx, deadlines } = slow(0)
    const ask = (host: string) => withinSites(ctx, ({ fetcher }) => fetcher.get(`https://${host}/`, { ...how }))
    const many = Array.from({ length: 1_001 }, (_, n) => ask(`${n}.victim.example`))
    const refused = (await Promise.allSettled(many)).filter(({ status }) => status === 'rejected')
    expect([refused.length, deadlines.length]).toEqual([1, 1_000])
    expect(refused).toMatchObject([{ reason: { code: 'not-now' } }])
    await expect(ask('other.example')).resolves.toBeDefined()
    expect(deadlines.every((deadline) => deadline === how.deadlineMs)).toBe(true)
  })

  it('counts each hop of a redirect as a request, of the site to which it leads (row 81)', async () => {
    const asked: string[] = []
    const get = async (url: string, { onHop }: GetOptions) => {
      for (const hop of [url, 'https://on.example/', 'https://victim.example/']) {
        if (hop !== url) await onHop?.(new URL(hop))
        asked.push(hop)
      }
      return { body: Buffer.alloc(1) }
    }
    const ctx = { now: () => new Date(), fetcher: { get } } as unknown as Ctx
    await withBudget(ctx, { requests: 5, ms: 10_000, bytes: 100 }, async (budget) => {
      const ask = () => budget.ctx.fetcher.get('https://evil.example/', how)
      await ask()
      await expect(ask()).rejects.toMatchObject({ code: 'network' })
    })
    expect(asked).toHaveLength(5)
  })

  describe('where a server leads to another one', () => {
    /** One that leads to an honest server when there is hardly any time left; asked itself, each answers as it is told. */
    function leading(answers: { evil: 'late' | 'never'; honest: 'never' | 'now' }) {
      const asked: string[] = []
      const timeout = () => new OutboundError('timeout', 'no complete answer')
      const get = async (url: string, { onHop }: GetOptions) => {
        const isEvil = url === 'https://evil.example/'
        asked.push(url)
        if (isEvil && answers.evil === 'late') {
          await onHop?.(new URL('https://honest.example/'))
          asked.push('led')
          throw timeout()
        }
        if (isEvil || answers.honest === 'never') throw timeout()
        return { status: 200, body: Buffer.alloc(1) }
      }
      let at = 0
      const ctx = { now: () => new Date(at), fetcher: { get } } as unknown as Ctx
      const ask = (host: string) =>
        withBudget(ctx, { requests: 9, ms: 60_000, bytes: 100, canWait: true }, (budget) =>
          budget.ctx.fetcher.get(`https://${host}/`, how).catch(({ message }: Error) => message),
        )
      return { answers, asked, ask, pass: (ms: number) => (at += ms) }
    }
    const silent = 'honest.example has given no answer lately'

    it('is nobody made silent by what comes of it, and who leads has answered (row 82)', async () => {
      const { answers, ask } = leading({ evil: 'late', honest: 'now' })
      for (const _time of [1, 2, 3]) await ask('evil.example')
      expect(await ask('honest.example')).toMatchObject({ status: 200 })
      answers.evil = 'never'
      await ask('evil.example')
      answers.evil = 'late'
      await ask('evil.example')
      answers.evil = 'never'
      await ask('evil.example')
      expect(await ask('evil.example')).toBe('no complete answer')
    })

    it('a silent one is left alone, and is asked for all by nobody who was led there (row 82)', async () => {
      const { answers, asked, ask, pass } = leading({ evil: 'late', honest: 'never' })
      for (const _time of [1, 2]) await ask('honest.example')
      expect(await ask('evil.example')).toBe(silent)
      pass(60_000)
      asked.length = 0
      await ask('evil.example')
      expect(asked).toContain('led')
      answers.honest = 'now'
      expect(await ask('honest.example')).toMatchObject({ status: 200 })
    })
  })

  it('is no asking for all where a bound of our own refuses it (row 81)', async () => {
    let at = 0
    const get = async (url: string) => {
      if (at === 0) throw new OutboundError('timeout', 'no complete answer')
      return { status: 200, url, body: Buffer.alloc(0) }
    }
    const ctx = { now: () => new Date(at), fetcher: { get } } as unknown as Ctx
    const ask = (site: string, host = 'victim.example') =>
      withBudget(ctx, { requests: 1, ms: 60_000, bytes: 1, canWait: true, site }, (budget) =>
        budget.ctx.fetcher.get(`https://${host}/`, how).then(
          ({ status }) => status,
          ({ code }: OutboundError) => code,
        ),
      )
    expect([await ask('honest.example'), await ask('honest.example')]).toEqual(['timeout', 'timeout'])
    at += 60_000
    for (let n = 0; n < 250; n++) expect(await ask('evil.example', `${n}.victim.example`)).toBe(200)
    expect([await ask('evil.example'), await ask('honest.example')]).toEqual(['not-now', 200])
  })

  it('counts files, which pages of links are read as, like documents (row 81)', async () => {
    let asked = 0
    const stream = async () => ++asked
    const ctx = { now: () => new Date(), fetcher: { stream } } as unknown as Ctx
    const ask = () => withinSites(ctx, ({ fetcher }) => fetcher.stream('https://victim.example/', how))
    const outcomes = await Promise.allSettled(Array.from({ length: 1_001 }, ask))
    expect([asked, outcomes.filter(({ status }) => status === 'rejected').length]).toEqual([1_000, 1])
  })

  it('ends after so many requests (row 81)', async () => {
    const { ctx } = slow(0)
    await withBudget(ctx, { requests: 1, ms: 10_000, bytes: 1_000 }, async (budget) => {
      await budget.ctx.fetcher.get('https://slow.example/1', how)
      expect(budget.spent()).toBe('requests')
      await expect(budget.ctx.fetcher.get('https://slow.example/2', how)).rejects.toMatchObject({ code: 'network' })
    })
  })

  it('ends when all answers together are too large, though each of them is not (row 82)', async () => {
    const { ctx } = slow(0)
    await withBudget(ctx, { requests: 50, ms: 60_000, bytes: 25 }, async (budget) => {
      for (let nth = 0; nth < 3; nth++) await budget.ctx.fetcher.get('https://large.example/1', how)
      expect(budget.spent()).toBe('bytes')
      await expect(budget.ctx.fetcher.get('https://large.example/1', how)).rejects.toMatchObject({ code: 'network' })
    })
  })
})
