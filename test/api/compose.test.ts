import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { media } from '#src/db/schema/media.ts'
import { posts } from '#src/db/schema/posts.ts'
import { createPost } from '#src/features/posts/create.ts'
import { listPictures } from '#src/features/posts/publication-queries.ts'
import { findPost } from '#src/features/posts/queries.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { type FormPart, formWith, multipartBody, readEntities } from '#test/support/forms.ts'
import { make, uniqueName } from '#test/support/make.ts'
import { startPictureWorker } from '#test/support/picture-worker.ts'
import { html, jpeg, png } from '#test/support/pictures.ts'

let test: TestApp
let worker: ReturnType<typeof startPictureWorker>

beforeAll(async () => {
  test = await createTestApp()
  worker = startPictureWorker(test.ctx)
})
afterAll(async () => {
  await worker.close()
  await test.close()
})

async function somebody() {
  const handle = uniqueName('writer')
  return { handle, path: `/@${handle}`, ...(await test.browse(handle)) }
}

type Person = Awaited<ReturnType<typeof somebody>>

const get = (url: string, { headers }: Person) => test.app.inject({ url, headers })

/** What the form sends when nobody touches it. */
const untouched = { text: '', visibility: 'public', spoiler_text: '', language: 'en', key: 'k' } as const

async function send(me: Person, url: string, parts: readonly FormPart[], fields: Record<string, string> = {}) {
  test.clock.pass(1_000)
  const { payload, headers } = await multipartBody([
    ...Object.entries({ ...untouched, key: uniqueName('key'), ...fields }),
    ...parts,
  ])
  return test.app.inject({ method: 'POST', url, payload, headers: { ...headers, ...me.headers } })
}

const compose = (me: Person, parts: readonly FormPart[], fields: Record<string, string> = {}) =>
  send(me, '/compose', parts, fields)

const file = (bytes: Buffer, filename = 'picture.jpg') => ({ bytes, filename })
const emptyFile = { bytes: Buffer.alloc(0), filename: '' }

const idIn = (location: unknown) => String(location).split('/').at(-1) ?? ''
const postsOf = ({ actorId }: Person) => test.ctx.db.select().from(posts).where(eq(posts.actorId, actorId))

describe('the form for a post', () => {
  it('is for those who have signed in and may publish', async () => {
    const me = await somebody()
    expect((await test.app.inject('/compose')).headers.location).toBe('/login?next=%2Fcompose')
    const page = await get('/compose', me)
    expect(page.statusCode).toBe(200)
    const form = formWith(page.body, 'text')
    expect([form.action, form.method]).toEqual(['/compose', 'post'])
    expect(form.names).toEqual(
      expect.arrayContaining(['picture-1', 'alt-1', 'picture-10', 'alt-10', 'language', 'sensitive', 'key']),
    )
    await test.ctx.db.$client`update memberships set role = 'analyst' where user_id = ${me.userId}`
    expect((await get('/compose', me)).statusCode).toBe(403)
  })

  it('begins as the actor usually posts', async () => {
    const me = await somebody()
    await test.ctx.db
      .$client`update local_actors set default_visibility = 'followers', default_language = 'fr', default_sensitive = true where actor_id = ${me.actorId}`
    const { body } = await get('/compose', me)
    expect(formWith(body, 'text').fields).toMatchObject({ visibility: 'followers' })
    expect(body).toMatch(/<option value="fr" selected>/)
    expect(body).toMatch(/name="sensitive" id="sensitive" value="true" checked/)
  })

  it('publishes words and pictures with their descriptions, in the order of the form', async () => {
    const me = await somebody()
    const answer = await compose(
      me,
      [
        ['picture-2', file(await jpeg({ width: 900, height: 600 }), 'b.jpg')],
        ['alt-2', 'The second place came first'],
        ['picture-1', file(await png(), 'a.png')],
        ['alt-1', ''],
        ['picture-3', emptyFile],
        ['alt-3', 'nothing there'],
      ],
      {
        reminded: 'true',
        text: 'Two pictures\r\nand #words',
        spoiler_text: 'Bread',
        language: 'fr',
        visibility: 'unlisted',
      },
    )
    expect(answer.statusCode).toBe(303)
    expect(answer.headers.location).toMatch(new RegExp(`^${me.path}/\\d+$`))
    const id = idIn(answer.headers.location)
    expect(await findPost(test.ctx.db, id)).toMatchObject({
      source: 'Two pictures\nand #words',
      spoilerText: 'Bread',
      isSensitive: true,
      language: 'fr',
      visibility: 'unlisted',
      userId: me.userId,
    })
    const pictures = await listPictures(test.ctx.db, id)
    expect(pictures.map(({ description, width }) => [description, width])).toEqual([
      ['The second place came first', 900],
      [null, 240],
    ])
    expect((await get(String(answer.headers.location), me)).body).toContain('The second place came first')
  })

  it('publishes once when it is sent twice', async () => {
    const me = await somebody()
    const key = uniqueName('key')
    const answers = await Promise.all([1, 2].map(() => compose(me, [], { text: 'Once', key })))
    expect(new Set(answers.map(({ headers }) => headers.location)).size).toBe(1)
    expect(await postsOf(me)).toHaveLength(1)
  })

  it('asks once for a description that is missing, and publishes without at the second press', async () => {
    const me = await somebody()
    const asked = await compose(me, [
      ['picture-1', file(await jpeg())],
      ['alt-1', ' '],
    ])
    expect([asked.statusCode, (await postsOf(me)).length]).toEqual([422, 0])
    expect(asked.body).toContain('There is a picture without a description')
    const { fields } = formWith(asked.body, 'text')
    const again = await compose(
      me,
      [
        ['picture-1', fields['picture-1'] ?? ''],
        ['alt-1', ''],
      ],
      { reminded: fields.reminded ?? '' },
    )
    expect([again.statusCode, (await postsOf(me)).length]).toEqual([303, 1])
  })

  it('asks for words or a picture, and stays as it was typed', async () => {
    const me = await somebody()
    const answer = await compose(me, [], { spoiler_text: 'A warning', visibility: 'direct', language: 'oc' })
    expect(answer.statusCode).toBe(422)
    expect(answer.body).toContain('Write something, or choose a picture.')
    expect(answer.body).toMatch(/id="text"[^>]*aria-invalid="true"/)
    expect(formWith(answer.body, 'text').fields).toMatchObject({ spoiler_text: 'A warning', visibility: 'direct' })
    expect(answer.body).toMatch(/<option value="oc" selected>/)
    expect(await postsOf(me)).toEqual([])
  })

  it('keeps pictures that came with a text that is too long, and takes them at the next try', async () => {
    const me = await somebody()
    const long = 'x'.repeat(5_001)
    const first = await compose(
      me,
      [
        ['picture-1', file(await jpeg())],
        ['alt-1', 'A <loaf>'],
      ],
      { text: long },
    )
    expect([first.statusCode, first.body.includes('more than 5000 characters')]).toEqual([422, true])
    const { fields } = formWith(first.body, 'text')
    expect(first.body).toContain(long)
    expect(first.body).toContain('A &lt;loaf&gt;</textarea>')
    const pictureId = fields['picture-1'] ?? ''
    const second = await compose(
      me,
      [
        ['picture-1', pictureId],
        ['alt-1', 'A loaf'],
      ],
      { text: 'Short' },
    )
    const pictures = await listPictures(test.ctx.db, idIn(second.headers.location))
    expect(pictures.map(({ id, description }) => [id, description])).toEqual([[pictureId, 'A loaf']])
  })

  it('says which file is no picture, by its name, and keeps the others and the words', async () => {
    const me = await somebody()
    const answer = await compose(
      me,
      [
        ['picture-1', file(html(), 'page.png')],
        ['alt-1', ''],
        ['picture-2', file(await jpeg(), 'good.jpg')],
        ['alt-2', 'A good one'],
        ['picture-3', file(Buffer.alloc(0), 'empty.jpg')],
        ['alt-3', ''],
      ],
      { text: 'My words' },
    )
    expect(answer.statusCode).toBe(422)
    const page = readEntities(answer.body)
    for (const sentence of ['“page.png” is not a picture', '“empty.jpg” is empty', 'My words', 'A good one'])
      expect(page).toContain(sentence)
    expect(page.match(/data-stored/g)).toHaveLength(1)
  })

  it('says when a file is too large and reads what comes behind it', async () => {
    const me = await somebody()
    const answer = await compose(
      me,
      [
        ['picture-1', file(Buffer.alloc(16_777_217, 1), 'huge.jpg')],
        ['alt-1', ''],
        ['picture-2', file(await jpeg(), 'good.jpg')],
        ['alt-2', 'Behind it'],
      ],
      { text: 'Words' },
    )
    expect(answer.statusCode).toBe(422)
    expect(answer.body).toContain('“huge.jpg” is larger than 16 MB.')
    expect(answer.body).toContain('Behind it')
  })

  it('takes ten pictures and says that there were more', async () => {
    const me = await somebody()
    const bytes = await jpeg({ width: 40, height: 30 })
    const parts = Array.from({ length: 11 }, (_, index): FormPart => [`picture-${index + 1}`, file(bytes)])
    const answer = await compose(me, parts, { text: 'Many' })
    expect(answer.statusCode).toBe(422)
    expect(answer.body).toContain('A post has 10 pictures at the most')
    expect(answer.body.match(/data-stored/g)).toHaveLength(10)
  })

  it('leaves out what was ticked to go', async () => {
    const me = await somebody()
    const { id } = await make.picture(test.ctx, { actorId: me.actorId })
    const answer = await compose(
      me,
      [
        ['picture-1', id],
        ['alt-1', ''],
        ['remove-1', 'true'],
      ],
      { text: 'Without' },
    )
    expect(await listPictures(test.ctx.db, idIn(answer.headers.location))).toEqual([])
  })

  it('takes no picture of somebody else, nor one that is in another post', async () => {
    const [me, other] = [await somebody(), await somebody()]
    const foreign = await make.picture(test.ctx, { actorId: other.actorId })
    const used = await make.picture(test.ctx, { actorId: me.actorId })
    await createPost(test.ctx, me.viewer, { text: 'x', mediaIds: [used.id] })
    for (const id of [foreign.id, used.id, '77', 'x']) {
      const answer = await compose(
        me,
        [
          ['picture-1', id],
          ['alt-1', 'mine now'],
        ],
        { text: 'Words' },
      )
      expect([id, answer.statusCode, answer.body.includes('no longer there')]).toEqual([id, 422, true])
    }
    const [row] = await test.ctx.db.select().from(media).where(eq(media.id, foreign.id))
    expect(row?.description).toBeNull()
  })

  it('never widens the audience because a word was not understood', async () => {
    const me = await somebody()
    expect((await compose(me, [], { text: 'x', visibility: 'everyone' })).statusCode).toBe(422)
    expect(await postsOf(me)).toEqual([])
  })

  it('speaks the language of the reader', async () => {
    const me = await somebody()
    const answer = await compose({ ...me, headers: { ...me.headers, 'accept-language': 'fr' } as typeof me.headers }, [
      ['picture-1', file(html(), 'page.png')],
    ])
    expect(answer.body).toContain('lang="fr"')
    expect(answer.body).toContain(
      '« page.png » n’est pas une image'.replaceAll('« ', '«\u202f').replaceAll(' »', '\u202f»'),
    )
  })
})

describe('an answer', () => {
  it('names whom it answers, and is for no more people than that', async () => {
    const [me, author] = [await somebody(), await somebody()]
    const parent = await createPost(test.ctx, author.viewer, {
      text: `Hello @${me.handle} and @${author.handle}`,
      visibility: 'direct',
    })
    const page = await get(`/compose?reply=${parent}`, me)
    expect(page.body).toContain(`Answer to ${author.handle}`)
    expect(page.body).toContain(`\n@${author.handle} </textarea>`)
    const { fields } = formWith(page.body, 'text')
    expect(fields).toMatchObject({ reply: parent, visibility: 'direct' })
    const answer = await compose(me, [], { ...fields, text: `@${author.handle} Good day` })
    expect(await findPost(test.ctx.db, idIn(answer.headers.location))).toMatchObject({
      inReplyToId: parent,
      visibility: 'direct',
    })
  })

  it('to what one may not see cannot be begun', async () => {
    const [me, author] = [await somebody(), await somebody()]
    const parent = await createPost(test.ctx, author.viewer, { text: 'Secret', visibility: 'followers' })
    for (const id of [parent, 'x', '99999999999999999999'])
      expect((await get(`/compose?reply=${id}`, me)).statusCode).toBe(404)
  })

  it('is not lost when what it answers is gone: it can be said on one’s own profile', async () => {
    const me = await somebody()
    const answer = await compose(me, [], { text: 'Still worth saying', reply: '77' })
    expect([answer.statusCode, answer.body.includes('no longer there')]).toEqual([422, true])
    const { fields } = formWith(answer.body, 'text')
    expect(fields).not.toHaveProperty('reply')
    expect((await compose(me, [], { ...fields, text: 'Still worth saying' })).statusCode).toBe(303)
  })
})

describe('changing a post', () => {
  async function published(me: Person) {
    const picture = await make.picture(test.ctx, { actorId: me.actorId, description: 'Before' })
    const id = await createPost(test.ctx, me.viewer, {
      text: 'Before',
      mediaIds: [picture.id],
      visibility: 'followers',
      language: 'en',
    })
    return { id, pictureId: picture.id, path: `${me.path}/${id}/edit` }
  }

  it('begins with what it says, and does not ask for whom', async () => {
    const me = await somebody()
    const { path, pictureId } = await published(me)
    const page = await get(path, me)
    const form = formWith(page.body, 'text')
    expect(form.action).toBe(path)
    expect(form.fields['picture-1']).toBe(pictureId)
    expect(form.names).not.toContain('visibility')
    expect(page.body).toContain('\nBefore</textarea>')
  })

  it('changes words, descriptions and pictures, and keeps for whom it was', async () => {
    const me = await somebody()
    const { id, path, pictureId } = await published(me)
    const answer = await send(
      me,
      path,
      [
        ['picture-2', file(await jpeg())],
        ['alt-2', 'New'],
        ['picture-1', pictureId],
        ['alt-1', 'After'],
      ],
      { text: 'After' },
    )
    expect([answer.statusCode, answer.headers.location]).toEqual([303, `${me.path}/${id}`])
    expect(await findPost(test.ctx.db, id)).toMatchObject({ source: 'After', visibility: 'followers' })
    const pictures = await listPictures(test.ctx.db, id)
    expect(pictures.map(({ description }) => description)).toEqual(['New', 'After'])
  })

  it('takes a picture off', async () => {
    const me = await somebody()
    const { id, path, pictureId } = await published(me)
    await send(
      me,
      path,
      [
        ['picture-1', pictureId],
        ['alt-1', ''],
        ['remove-1', 'true'],
      ],
      { text: 'Words only' },
    )
    expect(await listPictures(test.ctx.db, id)).toEqual([])
  })

  it('says what is wrong and keeps what was typed', async () => {
    const me = await somebody()
    const { id, path, pictureId } = await published(me)
    const answer = await send(
      me,
      path,
      [
        ['picture-1', pictureId],
        ['alt-1', 'Kept'],
        ['remove-1', 'true'],
      ],
      { text: ' ' },
    )
    expect([answer.statusCode, answer.body.includes('Write something')]).toEqual([422, true])
    expect((await findPost(test.ctx.db, id))?.source).toBe('Before')
  })

  it('is for its author only', async () => {
    const [me, author] = [await somebody(), await somebody()]
    const { path } = await published(author)
    expect((await get(path, me)).statusCode).toBe(404)
    expect((await send(me, path, [], { text: 'Mine now' })).statusCode).toBe(404)
  })
})
