import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Day, photograph, startDay } from '#test/support/day.ts'
import { eventually } from '#test/support/eventually.ts'

const program = ['/usr/bin/toot', '/usr/local/bin/toot'].find(existsSync)

let day: Day
let home: string

beforeAll(async () => {
  if (!program) return
  day = await startDay()
  home = await mkdtemp(join(tmpdir(), 'entremise-test-toot-'))
  // What logging in would leave behind; its pages are gone through by other tests.
  const { url, host } = day.instance
  const user = `levain@${host}`
  const config = {
    apps: { [host]: { instance: host, base_url: url, client_id: 'x', client_secret: 'x' } },
    users: { [user]: { instance: host, username: 'levain', access_token: day.org.token } },
    active_user: user,
  }
  await mkdir(join(home, 'toot'))
  await writeFile(join(home, 'toot', 'config.json'), JSON.stringify(config))
})
afterAll(async () => {
  if (!program) return
  await day.close()
  await rm(home, { recursive: true, force: true })
})

/** Runs a command as somebody does in a shell. @returns what it prints */
async function toot(...words: string[]): Promise<string> {
  const env = { PATH: process.env.PATH, HOME: home, XDG_CONFIG_HOME: home, LANG: 'C.UTF-8' }
  const { stdout } = await promisify(execFile)(program ?? '', words, { env, timeout: 30_000 })
  return stdout
}

const latest = async () => {
  const [status] = await day.org.masto.v1.accounts.$select(day.org.actor.id).statuses.list({ limit: 1 })
  if (!status) throw new Error('there is no post')
  return status
}

const title = program ? 'a day with toot' : 'a day with toot: skipped, since toot was not found'

describe.skipIf(!program)(title, () => {
  it('knows who one is', async () => {
    expect(await toot('whoami')).toContain('@levain')
    expect(await toot('instance', '--disable-https', day.instance.host)).toContain(day.instance.host)
  })

  it('lets a friend follow', async () => {
    await day.friend.masto.v1.accounts.$select(day.org.actor.id).follow()
    const [request] = await day.org.masto.v1.followRequests.list()
    await day.org.masto.v1.followRequests.$select(request?.id ?? '').authorize()
    await eventually(async () => expect(await toot('notifications')).toContain('rosa'))
    expect(await toot('followers', 'levain')).toContain('rosa')
  })

  it('posts a picture with words for those who do not see it', async () => {
    const path = join(home, 'loaves.jpg')
    await writeFile(path, await photograph())
    await toot('post', 'Out of the oven #pain', '--media', path, '--description', 'Eight loaves')
    const status = await latest()
    expect(status.mediaAttachments.map(({ description }) => description)).toEqual(['Eight loaves'])
    expect(await toot('timeline', '--once')).toContain('Out of the oven')
  })

  it('likes, boosts, bookmarks, and takes a like back', async () => {
    const { id } = await latest()
    for (const command of ['favourite', 'reblog', 'bookmark']) await toot(command, id)
    expect(await day.org.masto.v1.statuses.$select(id).fetch()).toMatchObject({
      favourited: true,
      reblogged: true,
      bookmarked: true,
    })
    await toot('unfavourite', id)
    expect((await day.org.masto.v1.statuses.$select(id).fetch()).favourited).toBe(false)
  })

  it('reads a thread', async () => {
    const { id } = await latest()
    await day.friend.masto.v1.statuses.create({ status: '@levain How much?', inReplyToId: id })
    expect(await toot('thread', id)).toContain('How much?')
  })

  it('plans a post', async () => {
    await toot('post', 'Good evening', '--scheduled-in', '20 minutes')
    const [planned] = await day.org.masto.v1.scheduledStatuses.list()
    expect(planned?.params.text).toBe('Good evening')
    day.pass(21 * 60_000)
    await eventually(async () => expect((await latest()).content).toBe('<p>Good evening</p>'), {
      withinMs: 90_000,
      everyMs: 500,
    })
  })

  it('searches, follows, mutes and deletes', async () => {
    expect(await toot('search', '#pain')).toContain('pain')
    await toot('follow', 'rosa')
    expect((await day.friend.masto.v1.followRequests.list()).map(({ acct }) => acct)).toEqual(['levain'])
    await toot('mute', 'rosa')
    expect((await day.org.masto.v1.mutes.list()).map(({ acct }) => acct)).toContain('rosa')
    await toot('unmute', 'rosa')
    const { id } = await latest()
    await toot('delete', id)
    expect((await latest()).id).not.toBe(id)
  })
})
