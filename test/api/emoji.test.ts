import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLocalActor } from '#src/features/actors/service.ts'
import { publishAnnouncement } from '#src/features/announcements/service.ts'
import { copyKeyOf } from '#src/features/emoji/entity.ts'
import { eraseEmoji, removeEmoji, sweepEmojis } from '#src/features/emoji/service.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { createClient, type Json } from '#test/support/client.ts'
import { DAY_MS } from '#test/support/clock.ts'
import { disc, plantEmoji } from '#test/support/emoji.ts'
import { uniqueName } from '#test/support/make.ts'
import { jpeg, phoneJpeg, SECRET } from '#test/support/pictures.ts'

let test: TestApp
beforeAll(async () => {
  test = await createTestApp()
})
afterAll(() => test.close())

async function somebody() {
  const handle = uniqueName('person')
  const { actorId, viewer, headers } = await test.signIn(handle)
  return { handle, actorId, viewer, client: createClient(test.app, headers) }
}

const fresh = () => uniqueName('blob').replaceAll('-', '_')
const shortcodesOf = ({ emojis }: Json) => emojis.map(({ shortcode }: Json) => shortcode)
const at = (url: string) => test.app.inject(new URL(url).pathname)

describe('the emojis of this instance', () => {
  it('are listed for everybody, and may be kept for a while', async () => {
    const [plain, tagged] = [fresh(), fresh()]
    await plantEmoji(test.ctx, plain)
    await plantEmoji(test.ctx, tagged, { category: ' Cats ', isVisibleInPicker: false })
    const answer = await test.app.inject('/api/v1/custom_emojis')
    expect(answer.headers['cache-control']).toBe('public, max-age=300')
    const byShortcode = new Map(answer.json().map((emoji: Json) => [emoji.shortcode, emoji]))
    expect(byShortcode.get(plain)).toMatchObject({ visible_in_picker: true, category: null })
    expect(byShortcode.get(tagged)).toMatchObject({ visible_in_picker: false, category: 'Cats' })
  })

  it('are small PNGs through which one sees, without what the file told', async () => {
    const shortcode = fresh()
    await plantEmoji(test.ctx, shortcode, { bytes: await disc(400) })
    const [{ url, static_url: still }] = (await test.app.inject('/api/v1/custom_emojis'))
      .json()
      .filter((emoji: Json) => emoji.shortcode === shortcode)
    expect(still).toBe(url)
    const { statusCode, headers, rawPayload } = await at(url)
    expect([statusCode, headers['content-type']]).toEqual([200, 'image/png'])
    expect(headers['cache-control']).toMatch(/immutable/)
    const { data, info } = await sharp(rawPayload).raw().toBuffer({ resolveWithObject: true })
    expect(info).toMatchObject({ width: 128, height: 128, channels: 4 })
    expect([data.at(3), data.at((64 * 128 + 64) * 4 + 3)]).toEqual([0, 255])

    const other = fresh()
    await plantEmoji(test.ctx, other, { bytes: await phoneJpeg() })
    const found = (await test.app.inject('/api/v1/custom_emojis')).json().find((one: Json) => one.shortcode === other)
    expect((await at(found.url)).rawPayload.includes(SECRET)).toBe(false)
  })

  it('have shortcodes that are told apart by capital letters, each once', async () => {
    const shortcode = fresh()
    await plantEmoji(test.ctx, shortcode)
    await plantEmoji(test.ctx, shortcode.toUpperCase())
    await expect(plantEmoji(test.ctx, shortcode)).rejects.toThrow(`There is an emoji :${shortcode}: already`)
    for (const wrong of ['a', 'é_é', 'a-b', 'a b', 'x'.repeat(65)])
      await expect(plantEmoji(test.ctx, wrong)).rejects.toThrow('A shortcode has 2 to 64 letters')
  })

  it('are pictures, and no large ones', async () => {
    await expect(plantEmoji(test.ctx, fresh(), { bytes: Buffer.from('GIF is a word') })).rejects.toThrow(
      'This file is not a picture',
    )
    await expect(plantEmoji(test.ctx, fresh(), { bytes: Buffer.alloc(262_145) })).rejects.toThrow('256 KB at the most')
    await expect(plantEmoji(test.ctx, fresh(), { bytes: (await jpeg()).subarray(0, 700) })).rejects.toThrow('damaged')
  })

  it('leave a trace of who added and removed them', async () => {
    const shortcode = fresh()
    const id = await plantEmoji(test.ctx, shortcode)
    expect(await removeEmoji(test.ctx, shortcode)).toBe(true)
    expect(await removeEmoji(test.ctx, shortcode)).toBe(false)
    const acts = await test.ctx.db.$client`select action from audit where subject_id = ${id} order by id`
    expect(acts.map(({ action }) => action)).toEqual(['emoji.added', 'emoji.removed'])
  })
})

describe('a post with emojis', () => {
  it('has those of its text, its warning and its poll', async () => {
    const { client } = await somebody()
    const codes = [fresh(), fresh(), fresh(), fresh()] as const
    for (const code of codes) await plantEmoji(test.ctx, code)
    const [text, warning, option] = codes
    const { body } = await client.post('/api/v1/statuses', {
      status: `:${text}: at 12:30:45 and :nobody_has_this:`,
      spoiler_text: `:${warning}:`,
      poll: { options: [`:${option}:`, 'no'], expires_in: 3600 },
    })
    expect(shortcodesOf(body)).toEqual([text, warning, option])
    expect(shortcodesOf(body.poll)).toEqual([option])
    expect(body.content).toContain(`:${text}:`)
    expect((await at(body.emojis[0].url)).statusCode).toBe(200)
  })

  it('has those of each version of its text', async () => {
    const { client } = await somebody()
    const [first, second] = [fresh(), fresh()]
    await plantEmoji(test.ctx, first)
    await plantEmoji(test.ctx, second)
    const { id } = (await client.post('/api/v1/statuses', { status: `:${first}:` })).body
    const edited = await client.put(`/api/v1/statuses/${id}`, { status: `:${second}:` })
    expect(shortcodesOf(edited.body)).toEqual([second])
    const { body: versions } = await client.get(`/api/v1/statuses/${id}/history`)
    expect(versions.map(shortcodesOf)).toEqual([[first], [second]])
  })

  it('keeps one that was removed, through an edit too, while new posts do not get it', async () => {
    const { client } = await somebody()
    const shortcode = fresh()
    await plantEmoji(test.ctx, shortcode)
    const { id, emojis } = (await client.post('/api/v1/statuses', { status: `:${shortcode}:` })).body
    await removeEmoji(test.ctx, shortcode)
    const edited = (await client.put(`/api/v1/statuses/${id}`, { status: `Still :${shortcode}:` })).body
    expect(edited.emojis).toEqual(emojis)
    expect((await at(emojis[0].url)).statusCode).toBe(200)
    expect((await client.post('/api/v1/statuses', { status: `Now :${shortcode}:` })).body.emojis).toEqual([])
    const listed = (await test.app.inject('/api/v1/custom_emojis')).json()
    expect(listed.map((emoji: Json) => emoji.shortcode)).not.toContain(shortcode)
    await plantEmoji(test.ctx, shortcode)
    const [again] = (await client.post('/api/v1/statuses', { status: `Again :${shortcode}:` })).body.emojis
    expect(again.url).not.toBe(emojis[0].url)
  })

  it('shows them on its page', async () => {
    const { client, handle } = await somebody()
    const shortcode = fresh()
    await plantEmoji(test.ctx, shortcode)
    await client.patch('/api/v1/accounts/update_credentials', { display_name: `Ada :${shortcode}:` })
    const poll = { options: [`:${shortcode}:`, 'no'], expires_in: 3600 }
    const post = { status: `So :${shortcode}:`, spoiler_text: `Beware :${shortcode}:`, poll }
    const { id, emojis } = (await client.post('/api/v1/statuses', post)).body
    const { body } = await test.app.inject(`/@${handle}/${id}`)
    const image = `<img class="emoji" src="${emojis[0].url}" alt=":${shortcode}:" title=":${shortcode}:" width="20" height="20" loading="lazy" decoding="async">`
    for (const place of [`<bdi>Ada ${image}</bdi>`, `So ${image}`, `Beware ${image}`, `<bdi>${image}</bdi>`])
      expect(body).toContain(place)
    const profile = (await test.app.inject(`/@${handle}`)).body
    expect(profile).toContain(`<span class="grid__words">Beware ${image}</span>`)
    expect(body.slice(0, body.indexOf('</title>'))).not.toContain('<img')
  })
})

describe('an emoji that must not be shown', () => {
  it('is erased, whatever had its shortcode', async () => {
    const { client } = await somebody()
    const shortcode = fresh()
    const use = async () => {
      await plantEmoji(test.ctx, shortcode)
      return (await client.post('/api/v1/statuses', { status: `:${shortcode}:` })).body.emojis[0].url
    }
    const first = await use()
    await removeEmoji(test.ctx, shortcode)
    const second = await use()
    expect(await eraseEmoji(test.ctx, shortcode)).toBe(2)
    for (const url of [first, second]) expect((await at(url)).statusCode).toBe(404)
    expect((await client.post('/api/v1/statuses', { status: `:${shortcode}:` })).body.emojis).toEqual([])
    expect(await eraseEmoji(test.ctx, fresh())).toBe(0)
  })
})

describe('a profile with emojis', () => {
  it('has those of its name, its text and its lines', async () => {
    const { client, handle } = await somebody()
    const codes = [fresh(), fresh(), fresh(), fresh()] as const
    for (const code of codes) await plantEmoji(test.ctx, code)
    const [name, note, label, value] = codes
    const profile = {
      display_name: `:${name}:`,
      note: `Hello :${note}:`,
      fields_attributes: [{ name: `:${label}:`, value: `:${value}:` }],
    }
    const { body } = await client.patch('/api/v1/accounts/update_credentials', profile)
    expect(shortcodesOf(body)).toEqual([name, note, label, value])
    const page = (await test.app.inject(`/@${handle}`)).body
    for (const { url, shortcode } of body.emojis)
      expect(page).toContain(`<img class="emoji" src="${url}" alt=":${shortcode}:"`)
  })

  it('is not changed by saying the same again', async () => {
    const { client, actorId } = await somebody()
    const shortcode = fresh()
    await plantEmoji(test.ctx, shortcode)
    const say = () => client.patch('/api/v1/accounts/update_credentials', { display_name: `:${shortcode}:` })
    await say()
    const updates = () =>
      test.ctx.db.$client`select id from effects where type = 'actor.updated' and payload ->> 'actorId' = ${actorId}`
    const before = (await updates()).length
    await say()
    expect(await updates()).toHaveLength(before)
  })

  it('has them from the beginning', async () => {
    const shortcode = fresh()
    await plantEmoji(test.ctx, shortcode)
    const { viewer } = await somebody()
    const named = { handle: uniqueName('named'), type: 'Person', name: `:${shortcode}:` } as const
    const actor = await createLocalActor(test.ctx, { ...named, ownerUserId: viewer.userId })
    const { body } = await createClient(test.app).get(`/api/v1/accounts/${actor.id}`)
    expect(shortcodesOf(body)).toEqual([shortcode])
  })
})

describe('an announcement', () => {
  it('has emojis in its text and as answers', async () => {
    const { client } = await somebody()
    const [inText, answer] = [fresh(), fresh()]
    await plantEmoji(test.ctx, inText)
    await plantEmoji(test.ctx, answer)
    const span = { startsAt: null, endsAt: null, isAllDay: false }
    const id = await publishAnnouncement(test.ctx, { text: `News :${inText}:`, ...span })
    const read = async () =>
      (await client.get('/api/v1/announcements')).body.find((announcement: Json) => announcement.id === id)
    expect(shortcodesOf(await read())).toEqual([inText])
    const path = `/api/v1/announcements/${id}/reactions/${answer}`
    expect((await client.put(path)).status).toBe(200)
    const [{ url, ...reaction }] = (await read()).reactions
    expect(reaction).toEqual({ name: answer, count: 1, me: true, static_url: url })
    expect((await at(url)).statusCode).toBe(200)
    await removeEmoji(test.ctx, answer)
    expect((await read()).reactions).toMatchObject([{ name: answer, url }])
    expect((await client.put(path)).status).toBe(422)
    expect((await client.delete(path)).status).toBe(200)
    expect((await read()).reactions).toEqual([])
  })
})

describe('the copy of another server’s emoji', () => {
  it('is of an emoji that somebody here has to do with', async () => {
    const key = copyKeyOf('https://there.example/never-seen.png')
    expect((await test.app.inject(`/emojis/${key}/remote`)).statusCode).toBe(404)
    expect((await test.app.inject('/emojis/..%2f..%2fetc/passwd')).statusCode).toBe(404)
  })

  it('goes after two weeks, and comes back when it is asked for', async () => {
    const key = copyKeyOf('https://there.example/old.png')
    await test.ctx.storage.put(`${key}/remote`, await disc())
    await test.ctx.db.$client`insert into emoji_copies (key, remote_url, mime, cached_at)
      values (${key}, 'https://there.example/old.png', 'image/png', ${test.clock.now().toISOString()})`
    const open = () => test.app.inject(`/emojis/${key}/remote`)
    expect((await open()).headers['content-type']).toBe('image/png')
    await sweepEmojis(test.ctx)
    expect((await open()).statusCode).toBe(200)
    await sweepEmojis({ ...test.ctx, now: () => new Date(test.clock.now().getTime() + 15 * DAY_MS) })
    expect(await test.ctx.storage.open(`${key}/remote`)).toBeNull()
    // Nobody answers at there.example.
    expect((await open()).statusCode).toBe(503)
  })
})
