import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { actors, localActors } from '#src/db/schema/actors.ts'
import { media } from '#src/db/schema/media.ts'
import { posts } from '#src/db/schema/posts.ts'
import { remoteFailed } from '#src/errors.ts'
import { createPost } from '#src/features/posts/create.ts'
import { loadStatuses } from '#src/features/posts/entity.ts'
import { findPublication } from '#src/features/posts/publication-queries.ts'
import { findPost } from '#src/features/posts/queries.ts'
import { likePost } from '#src/features/reactions/service.ts'
import {
  AnonymousStatus,
  Context,
  ErrorBody,
  Preferences,
  Status,
  StatusEdit,
  StatusSource,
  Tag,
} from '#test/contract/schemas.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { type Client, createClient, idsOf } from '#test/support/client.ts'
import { make, uniqueName } from '#test/support/make.ts'
import { countQueries } from '#test/support/queries.ts'

let test: TestApp
beforeAll(async () => {
  test = await createTestApp()
})
afterAll(() => test.close())

const anybody = () => createClient(test.app)

/** Somebody new, with a client. */
async function somebody(): Promise<{ client: Client; actorId: string; handle: string }> {
  const handle = uniqueName('writer')
  const { actorId, headers } = await test.signIn(handle)
  return { client: createClient(test.app, headers), actorId, handle }
}

const effectsOf = async (type: string, postId: string) =>
  test.ctx.db.$client`select id, is_local from effects where type = ${type} and payload ->> 'postId' = ${postId}`

describe('publishing', () => {
  it('answers with the post, its text rendered and its people and hashtags named', async () => {
    const { client, handle, actorId } = await somebody()
    const { status, body } = await client.post('/api/v1/statuses', {
      status: `Bonjour @${handle}, voici #Élan <b>`,
      language: 'fr',
      spoiler_text: 'une visite',
    })
    expect(status).toBe(200)
    const post = Status.parse(body)
    expect(post.content).toContain('&lt;b&gt;')
    expect(post.content).toContain(`<a class="u-url mention" href="https://here.example/@${handle}">`)
    expect(post).toMatchObject({ language: 'fr', spoiler_text: 'une visite', sensitive: true, visibility: 'public' })
    expect(post.mentions).toMatchObject([{ id: actorId, acct: handle }])
    expect(post.tags).toEqual([{ name: 'Élan', url: 'https://here.example/tags/elan' }])
    expect(post).toMatchObject({
      uri: `https://here.example/users/${handle}/statuses/${post.id}`,
      url: `https://here.example/@${handle}/${post.id}`,
      account: { id: actorId, statuses_count: 1 },
    })
  })

  it('records one fact, and the activity follows from it', async () => {
    const { client } = await somebody()
    const { body } = await client.post('/api/v1/statuses', { status: 'once' })
    const effects = await effectsOf('post.created', body.id)
    expect(effects).toHaveLength(1)
    expect(effects[0]?.is_local).toBe(true)
    expect((await findPost(test.ctx.db, body.id))?.effectId).toBe(String(effects[0]?.id))
  })

  it('reads JSON, forms and multipart alike, with booleans as texts', async () => {
    const { client, actorId } = await somebody()
    const picture = () => make.picture(test.ctx, { actorId })
    const fields = async () =>
      [
        ['status', 'form'],
        ['sensitive', 'true'],
        ['visibility', 'unlisted'],
        ['media_ids[]', (await picture()).id],
        ['media_ids[]', (await picture()).id],
        ['unheard_of', 'ignored'],
      ] as const
    const single = await picture()
    const answers = [
      await client.form('POST', '/api/v1/statuses', await fields()),
      await client.multipart('POST', '/api/v1/statuses', await fields()),
      await client.post('/api/v1/statuses', {
        status: 'json',
        sensitive: 'true',
        visibility: 'unlisted',
        media_ids: [single.id, (await picture()).id],
        in_reply_to_id: null,
        poll: null,
      }),
    ]
    for (const { status, body } of answers) {
      expect(status).toBe(200)
      expect(Status.parse(body)).toMatchObject({ sensitive: true, visibility: 'unlisted' })
      expect(body.media_attachments).toHaveLength(2)
    }
  })

  it('no longer names what it answered once that is deleted, but whom', async () => {
    const { client, actorId } = await somebody()
    const parent = (await client.post('/api/v1/statuses', { status: 'First' })).body
    const answer = (await client.post('/api/v1/statuses', { status: 'Second', in_reply_to_id: parent.id })).body
    expect(answer.in_reply_to_id).toBe(parent.id)
    await client.delete(`/api/v1/statuses/${parent.id}`)
    const { body } = await client.get(`/api/v1/statuses/${answer.id}`)
    expect(body).toMatchObject({ in_reply_to_id: null, in_reply_to_account_id: actorId })
  })

  it('says what a warning says that has nothing behind it', async () => {
    const { client } = await somebody()
    const { body } = await client.post('/api/v1/statuses', { status: ' ', spoiler_text: 'Only this' })
    expect(body).toMatchObject({ content: '<p>Only this</p>', spoiler_text: '', sensitive: true })
  })

  it.each([
    ['FR', 'fr'],
    ['pt_br', 'pt-BR'],
    ['qq-AB-CD', 'qq-ab-cd'],
  ])('writes the language %s as %s', async (language, kept) => {
    const { client } = await somebody()
    const { body } = await client.post('/api/v1/statuses', { status: 'Ah', language })
    expect(body.language).toBe(kept)
  })

  it('takes what was not said from the settings of the actor', async () => {
    const { client, actorId } = await somebody()
    const settings = { defaultVisibility: 'followers', defaultLanguage: 'fr', defaultSensitive: true }
    await test.ctx.db.update(localActors).set(settings).where(eq(localActors.actorId, actorId))
    const { body } = await client.post('/api/v1/statuses', { status: 'as usual' })
    expect(body).toMatchObject({ visibility: 'private', language: 'fr', sensitive: true })
    const preferences = await client.get('/api/v1/preferences')
    expect(Preferences.parse(preferences.body)).toMatchObject({ 'posting:default:visibility': 'private' })
  })

  it.each([
    [{}, "can't be blank"],
    [{ status: '   ' }, "can't be blank"],
    [{ status: 'a'.repeat(5_001) }, 'limit of 5000'],
    [{ status: 'a', visibility: 'friends' }, 'visibility'],
    [{ status: 'a', language: 'not a language' }, 'language'],
    [{ status: 'a', scheduled_at: 'soon' }, 'scheduled_at'],
    [{ status: 'a', scheduled_at: '2030-13-01T00:00:00Z' }, 'scheduled_at'],
    [{ status: 'a', quote_id: '1' }, 'quoted_status_id'],
    [{ status: 'a', content_type: 'text/markdown' }, 'plain text'],
    [{ status: 'a', expires_in: 60 }, 'until they are deleted'],
    [{ status: 'a', allowed_mentions: ['1'] }, 'everybody who is named'],
    [{ status: 'a', quote_approval_policy: 'friends' }, 'quote_approval_policy'],
    [{ status: 'a', media_ids: ['1'] }, 'picture'],
    [{ status: 'a', media_ids: ['not an id'] }, 'picture'],
    [{ status: Array.from({ length: 51 }, (_, index) => `@someone${index}`).join(' ') }, '50 people'],
  ])('refuses %j with a sentence', async (body, words) => {
    const { client } = await somebody()
    const answer = await client.post('/api/v1/statuses', body)
    expect(answer.status).toBe(422)
    expect(ErrorBody.parse(answer.body).error).toContain(words)
  })

  it('needs a token that may write', async () => {
    expect((await anybody().post('/api/v1/statuses', { status: 'a' })).status).toBe(401)
    const { headers } = await test.signIn(uniqueName('reader'), ['read'])
    expect((await createClient(test.app, headers).post('/api/v1/statuses', { status: 'a' })).status).toBe(403)
  })

  it('refuses roles that do not publish, and lets responders answer', async () => {
    const { actor } = await make.actor(test.ctx)
    const analyst = await make.member(test.ctx, actor.id, 'analyst')
    const responder = await make.member(test.ctx, actor.id, 'responder')
    const question = await make.post(test.ctx, { actorId: (await make.actor(test.ctx)).actor.id })
    await expect(createPost(test.ctx, analyst, { text: 'a' })).rejects.toMatchObject({ status: 403 })
    await expect(createPost(test.ctx, responder, { text: 'a' })).rejects.toMatchObject({ status: 403 })
    await expect(createPost(test.ctx, responder, { text: 'a', inReplyToId: question.id })).resolves.toMatch(/^\d+$/)
  })
})

describe('people who are named', () => {
  const lookingUp = (lookupHandle: (handle: string) => Promise<string | null>) => ({
    ...test.ctx,
    remote: { ...test.ctx.remote, lookupHandle },
  })

  it('are looked up elsewhere when they are not known here, and addressed', async () => {
    const { viewer } = await make.actor(test.ctx)
    const found = await make.remoteActor(test.ctx, { handle: uniqueName('bob'), host: 'new.example' })
    await test.ctx.db.$client`update actors set handle = 'moved' || id where id = ${found.id}`
    const asked: string[] = []
    const ctx = lookingUp(async (handle) => {
      asked.push(handle)
      return found.id
    })
    const id = await createPost(ctx, viewer, {
      text: 'hello @Bob@New.example and @bob@new.example',
      visibility: 'direct',
    })
    expect(asked).toEqual(['bob@new.example'])
    expect((await findPublication(test.ctx.db, id))?.recipients).toMatchObject([{ actorId: found.id, isMention: true }])
  })

  it('stay text when their server does not answer', async () => {
    const { viewer } = await make.actor(test.ctx)
    const ctx = lookingUp(async () => {
      throw remoteFailed('dead.example')
    })
    const id = await createPost(ctx, viewer, { text: 'hello @bob@dead.example' })
    expect((await findPost(test.ctx.db, id))?.content).toBe('<p>hello @bob@dead.example</p>')
  })

  it('are ours when their host is ours, and are not looked up', async () => {
    const { viewer } = await make.actor(test.ctx)
    const { actor } = await make.actor(test.ctx)
    const ctx = lookingUp(() => Promise.reject(new Error('asked another server for one of ours')))
    const id = await createPost(ctx, viewer, { text: `hello @${actor.handle}@here.example @nobody@here.example` })
    expect((await findPublication(test.ctx.db, id))?.recipients).toMatchObject([{ actorId: actor.id }])
  })
})

describe('pictures', () => {
  it('are shown in the order asked for', async () => {
    const { client, actorId } = await somebody()
    const [one, two] = [
      await make.picture(test.ctx, { actorId, description: 'one' }),
      await make.picture(test.ctx, { actorId }),
    ]
    const { body } = await client.post('/api/v1/statuses', { media_ids: [two.id, one.id] })
    expect(Status.parse(body).media_attachments.map(({ id }: { id: string }) => id)).toEqual([two.id, one.id])
    expect(body.media_attachments[1]).toMatchObject({
      type: 'image',
      description: 'one',
      meta: { original: { width: 1280 } },
    })
  })

  it('that are still processed are asked for again, in the words that clients know', async () => {
    const { client, actorId } = await somebody()
    const picture = await make.picture(test.ctx, { actorId, state: 'uploaded', variants: [] })
    const { status, body } = await client.post('/api/v1/statuses', { status: 'a', media_ids: [picture.id] })
    expect(status).toBe(422)
    expect(body.error).toBe('Cannot attach files that have not finished processing. Try again in a moment!')
  })

  it('that were refused say why', async () => {
    const { client, actorId } = await somebody()
    const picture = await make.picture(test.ctx, { actorId, state: 'refused', refusal: 'It is no picture' })
    const { status, body } = await client.post('/api/v1/statuses', { media_ids: [picture.id] })
    expect([status, body.error]).toEqual([422, 'It is no picture'])
  })

  it('of others, and those in another post, are not there to be taken', async () => {
    const { client, actorId } = await somebody()
    const other = await somebody()
    const theirs = await make.picture(test.ctx, { actorId: other.actorId })
    const used = await make.picture(test.ctx, { actorId })
    await client.post('/api/v1/statuses', { media_ids: [used.id] })
    for (const { id } of [theirs, used]) {
      const { status } = await client.post('/api/v1/statuses', { status: 'a', media_ids: [id] })
      expect(status).toBe(422)
    }
    expect((await other.client.post('/api/v1/statuses', { media_ids: [theirs.id] })).status).toBe(200)
  })

  it('go to one post only when two ask for them at once', async () => {
    const { client, actorId } = await somebody()
    const { id } = await make.picture(test.ctx, { actorId })
    const both = await Promise.all(
      ['a', 'b'].map((status) => client.post('/api/v1/statuses', { status, media_ids: [id] })),
    )
    expect(both.map(({ status }) => status).sort()).toEqual([200, 422])
  })

  it('are ten at the most', async () => {
    const { client, actorId } = await somebody()
    const ids = await Promise.all(Array.from({ length: 11 }, () => make.picture(test.ctx, { actorId })))
    const { status, body } = await client.post('/api/v1/statuses', { media_ids: ids.map(({ id }) => id) })
    expect(status).toBe(422)
    expect(body.error).toContain('10')
  })
})

describe('answers', () => {
  it('name what they answer and are counted there', async () => {
    const { client, actorId } = await somebody()
    const question = (await client.post('/api/v1/statuses', { status: 'question' })).body
    const answer = (await client.post('/api/v1/statuses', { status: 'answer', in_reply_to_id: question.id })).body
    expect(Status.parse(answer)).toMatchObject({ in_reply_to_id: question.id, in_reply_to_account_id: actorId })
    expect((await client.get(`/api/v1/statuses/${question.id}`)).body.replies_count).toBe(1)
  })

  it('to what the author may not see are refused as if it was not there', async () => {
    const { client } = await somebody()
    const secret = await make.post(test.ctx, { actorId: (await make.actor(test.ctx)).actor.id, visibility: 'direct' })
    const hidden = await client.post('/api/v1/statuses', { status: 'a', in_reply_to_id: secret.id })
    const missing = await client.post('/api/v1/statuses', { status: 'a', in_reply_to_id: '1' })
    expect(hidden.status).toBe(404)
    expect(hidden.body).toEqual(missing.body)
  })

  it('are not wider than what they answer unless their author says so', async () => {
    const { client } = await somebody()
    const question = (await client.post('/api/v1/statuses', { status: 'q', visibility: 'private' })).body
    const unsaid = await client.post('/api/v1/statuses', { status: 'a', in_reply_to_id: question.id })
    const said = await client.post('/api/v1/statuses', {
      status: 'a',
      in_reply_to_id: question.id,
      visibility: 'public',
    })
    expect([unsaid.body.visibility, said.body.visibility]).toEqual(['private', 'public'])
  })

  it('to a boost answer what it shows', async () => {
    const { client, actorId } = await somebody()
    const post = await make.post(test.ctx, { actorId })
    const boost = await make.boost(test.ctx, { actorId: (await make.actor(test.ctx)).actor.id, boostOfId: post.id })
    const { body } = await client.post('/api/v1/statuses', { status: 'a', in_reply_to_id: boost.id })
    expect(body.in_reply_to_id).toBe(post.id)
  })
})

describe('a post that is sent twice under one key', () => {
  const key = { 'idempotency-key': 'the same' }

  it('is one post, also when both come at the same time', async () => {
    const { client } = await somebody()
    const sent = await Promise.all(
      Array.from({ length: 5 }, () => client.post('/api/v1/statuses', { status: 'once' }, key)),
    )
    expect(new Set(sent.map(({ body }) => body.id)).size).toBe(1)
    expect((await client.post('/api/v1/statuses', { status: 'once more' }, key)).body.id).toBe(sent[0]?.body.id)
  })

  it('is two posts for two actors, and after an hour', async () => {
    const [one, two] = [await somebody(), await somebody()]
    const first = await one.client.post('/api/v1/statuses', { status: 'a' }, key)
    const second = await two.client.post('/api/v1/statuses', { status: 'a' }, key)
    test.clock.pass(3_600_001)
    const third = await one.client.post('/api/v1/statuses', { status: 'a' }, key)
    expect(new Set([first.body.id, second.body.id, third.body.id]).size).toBe(3)
  })

  it('does not keep a key that was of no use: what was refused may be mended', async () => {
    const { client } = await somebody()
    expect((await client.post('/api/v1/statuses', { status: '' }, key)).status).toBe(422)
    expect((await client.post('/api/v1/statuses', { status: 'mended' }, key)).status).toBe(200)
  })
})

describe('editing', () => {
  it('changes what is said and keeps what was said', async () => {
    const { client, handle } = await somebody()
    const before = (await client.post('/api/v1/statuses', { status: 'befor #one', spoiler_text: 'w' })).body
    test.clock.pass(60_000)
    const after = await client.put(`/api/v1/statuses/${before.id}`, {
      status: `before @${handle} #two`,
      spoiler_text: '',
      sensitive: 'false',
    })
    expect(after.status).toBe(200)
    expect(Status.parse(after.body)).toMatchObject({
      id: before.id,
      spoiler_text: '',
      sensitive: false,
      created_at: before.created_at,
    })
    expect(after.body.edited_at).toBe(test.clock.now().toISOString())
    expect(after.body.tags).toMatchObject([{ name: 'two' }])
    expect(after.body.mentions).toHaveLength(1)
    const { body } = await anybody().get(`/api/v1/statuses/${before.id}/history`)
    expect(body.map((version: unknown) => StatusEdit.parse(version))).toMatchObject([
      { content: expect.stringContaining('befor '), spoiler_text: 'w', sensitive: true, created_at: before.created_at },
      { content: expect.stringContaining('before '), spoiler_text: '', created_at: after.body.edited_at },
    ])
    expect(await effectsOf('post.edited', before.id)).toHaveLength(1)
  })

  it('takes what made a post sensitive off with its warning, unless it says otherwise', async () => {
    const { client } = await somebody()
    const edited = async (changes: object) => {
      const { body } = await client.post('/api/v1/statuses', { status: 'a', spoiler_text: 'w' })
      return (await client.put(`/api/v1/statuses/${body.id}`, { status: 'b', ...changes })).body
    }
    expect(await edited({ spoiler_text: '' })).toMatchObject({ spoiler_text: '', sensitive: false })
    expect(await edited({ spoiler_text: '', sensitive: true })).toMatchObject({ spoiler_text: '', sensitive: true })
    expect(await edited({})).toMatchObject({ spoiler_text: 'w', sensitive: true })
    const { body: marked } = await client.post('/api/v1/statuses', { status: 'a', sensitive: true })
    const { body } = await client.put(`/api/v1/statuses/${marked.id}`, { status: 'b', spoiler_text: '' })
    expect(body).toMatchObject({ sensitive: true })
  })

  it('leaves no trace when it changes nothing', async () => {
    const { client } = await somebody()
    const { body } = await client.post('/api/v1/statuses', { status: 'same', language: 'en' })
    const again = await client.put(`/api/v1/statuses/${body.id}`, {
      status: 'same',
      spoiler_text: '',
      language: 'en',
      sensitive: false,
    })
    expect(again.body.edited_at).toBeNull()
    expect(await effectsOf('post.edited', body.id)).toHaveLength(0)
  })

  it('comes a second after what it replaces, since other servers count in seconds', async () => {
    const { client } = await somebody()
    const { body } = await client.post('/api/v1/statuses', { status: 'one' })
    const times = [body.created_at]
    for (const status of ['two', 'three']) {
      times.push((await client.put(`/api/v1/statuses/${body.id}`, { status })).body.edited_at)
    }
    const seconds = times.map((time: string) => Math.floor(Date.parse(time) / 1_000))
    expect(new Set(seconds).size).toBe(3)
  })

  it('takes pictures off, adds some, reorders them and describes them', async () => {
    const { client, actorId } = await somebody()
    const [one, two, three] = await Promise.all([1, 2, 3].map(() => make.picture(test.ctx, { actorId })))
    if (!one || !two || !three) throw new Error('three pictures were made')
    const { id } = (await client.post('/api/v1/statuses', { status: 'p', media_ids: [one.id, two.id] })).body
    const { body } = await client.put(`/api/v1/statuses/${id}`, {
      media_ids: [three.id, two.id],
      media_attributes: [{ id: two.id, description: 'the second', focus: '0.5,-0.25' }],
    })
    expect(Status.parse(body).media_attachments).toMatchObject([
      { id: three.id, description: null },
      { id: two.id, description: 'the second', meta: { focus: { x: 0.5, y: -0.25 } } },
    ])
    const [gone] = await test.ctx.db.select().from(media).where(eq(media.id, one.id))
    expect(gone).toMatchObject({ postId: null, deletedAt: expect.any(Date) })
    const { body: history } = await client.get(`/api/v1/statuses/${id}/history`)
    // What was taken off is gone from every version; the description is that of its time.
    expect(history[0].media_attachments).toMatchObject([{ id: two.id, description: null }])
  })

  it('reads descriptions from forms', async () => {
    const { client, actorId } = await somebody()
    const picture = await make.picture(test.ctx, { actorId })
    const { id } = (await client.post('/api/v1/statuses', { media_ids: [picture.id] })).body
    const { status, body } = await client.form('PUT', `/api/v1/statuses/${id}`, [
      ['status', 'with words'],
      ['media_ids[]', picture.id],
      ['media_attributes[][id]', picture.id],
      ['media_attributes[][description]', 'a box'],
    ])
    expect(status).toBe(200)
    expect(body.media_attachments).toMatchObject([{ description: 'a box' }])
  })

  it('keeps pictures that it does not speak of, and refuses to leave nothing', async () => {
    const { client, actorId } = await somebody()
    const picture = await make.picture(test.ctx, { actorId })
    const { id } = (await client.post('/api/v1/statuses', { status: 'p', media_ids: [picture.id] })).body
    expect((await client.put(`/api/v1/statuses/${id}`, { status: '' })).body.media_attachments).toHaveLength(1)
    expect((await client.put(`/api/v1/statuses/${id}`, { media_ids: [] })).status).toBe(422)
  })

  it('keeps a post readable for those whom an edit does not name any more', async () => {
    const [writer, reader] = [await somebody(), await somebody()]
    const { id } = (
      await writer.client.post('/api/v1/statuses', { status: `@${reader.handle} hi`, visibility: 'direct' })
    ).body
    const { body } = await writer.client.put(`/api/v1/statuses/${id}`, { status: 'hi' })
    expect(body.mentions).toEqual([])
    expect((await reader.client.get(`/api/v1/statuses/${id}`)).status).toBe(200)
  })

  it('is for the actor itself: for others the post is not there to be edited', async () => {
    const [writer, other] = [await somebody(), await somebody()]
    const { id } = (await writer.client.post('/api/v1/statuses', { status: 'mine' })).body
    const boost = (await other.client.post(`/api/v1/statuses/${id}/reblog`)).body
    expect((await other.client.put(`/api/v1/statuses/${id}`, { status: 'yours' })).status).toBe(404)
    expect((await other.client.put(`/api/v1/statuses/${boost.id}`, { status: 'yours' })).status).toBe(404)
    expect((await other.client.put('/api/v1/statuses/abc', { status: 'x' })).status).toBe(404)
  })

  it('lets two edits come one after the other', async () => {
    const { client } = await somebody()
    const { id } = (await client.post('/api/v1/statuses', { status: 'zero' })).body
    await Promise.all(['one', 'two', 'three'].map((status) => client.put(`/api/v1/statuses/${id}`, { status })))
    expect((await client.get(`/api/v1/statuses/${id}/history`)).body).toHaveLength(4)
  })

  it('gives the source to write from', async () => {
    const { client } = await somebody()
    const { id } = (await client.post('/api/v1/statuses', { status: 'a <b>\n\nc', spoiler_text: 's' })).body
    const { body } = await client.get(`/api/v1/statuses/${id}/source`)
    expect(StatusSource.parse(body)).toEqual({ id, text: 'a <b>\n\nc', spoiler_text: 's' })
  })
})

describe('deleting', () => {
  it('answers with what was written, and leaves nothing but the mark', async () => {
    const { client, actorId } = await somebody()
    const picture = await make.picture(test.ctx, { actorId })
    const { id } = (await client.post('/api/v1/statuses', { status: 'gone #soon', media_ids: [picture.id] })).body
    await client.put(`/api/v1/statuses/${id}`, { status: 'gone #now' })
    const { status, body } = await client.delete(`/api/v1/statuses/${id}`)
    expect(status).toBe(200)
    expect(Status.parse(body)).toMatchObject({ id, text: 'gone #now' })
    expect(body.media_attachments).toHaveLength(1)
    for (const path of ['', '/context', '/history', '/source', '/favourited_by', '/reblogged_by']) {
      expect((await client.get(`/api/v1/statuses/${id}${path}`)).status).toBe(404)
    }
    const [row] = await test.ctx.db.select().from(posts).where(eq(posts.id, id))
    expect(row).toMatchObject({ content: '', source: null, deletedAt: expect.any(Date) })
    const edits = await test.ctx.db.$client`select 1 from post_edits where post_id = ${id}`
    expect(edits).toHaveLength(0)
    expect(await effectsOf('post.deleted', id)).toHaveLength(1)
    expect((await client.get(`/api/v1/accounts/${actorId}`)).body.statuses_count).toBe(0)
  })

  it('leaves the pictures for a post that is written anew, or removes them when asked', async () => {
    const { client, actorId } = await somebody()
    const picture = await make.picture(test.ctx, { actorId })
    const first = (await client.post('/api/v1/statuses', { media_ids: [picture.id] })).body
    await client.delete(`/api/v1/statuses/${first.id}`)
    const second = await client.post('/api/v1/statuses', { status: 'anew', media_ids: [picture.id] })
    expect(second.body.media_attachments).toMatchObject([{ id: picture.id }])
    await client.delete(`/api/v1/statuses/${second.body.id}?delete_media=true`)
    expect((await client.post('/api/v1/statuses', { media_ids: [picture.id] })).status).toBe(422)
  })

  it('takes the boosts of the post along, and one boost when it is named itself', async () => {
    const [writer, fan] = [await somebody(), await somebody()]
    const { id } = (await writer.client.post('/api/v1/statuses', { status: 'a' })).body
    const boost = (await fan.client.post(`/api/v1/statuses/${id}/reblog`)).body
    await fan.client.delete(`/api/v1/statuses/${boost.id}`)
    expect((await writer.client.get(`/api/v1/statuses/${id}`)).body.reblogs_count).toBe(0)
    const again = (await fan.client.post(`/api/v1/statuses/${id}/reblog`)).body
    await writer.client.delete(`/api/v1/statuses/${id}`)
    expect((await fan.client.get(`/api/v1/statuses/${again.id}`)).status).toBe(404)
  })

  it('is for the actor itself', async () => {
    const [writer, other] = [await somebody(), await somebody()]
    const { id } = (await writer.client.post('/api/v1/statuses', { status: 'mine' })).body
    expect((await other.client.delete(`/api/v1/statuses/${id}`)).status).toBe(404)
    expect((await other.client.get(`/api/v1/statuses/${id}`)).status).toBe(200)
  })
})

describe('boosting', () => {
  it('answers with a status of its own that holds the post', async () => {
    const [writer, fan] = [await somebody(), await somebody()]
    const post = (await writer.client.post('/api/v1/statuses', { status: 'worth it' })).body
    const { status, body } = await fan.client.post(`/api/v1/statuses/${post.id}/reblog`)
    expect(status).toBe(200)
    const boost = Status.parse(body)
    expect(boost).toMatchObject({
      reblogged: true,
      account: { id: fan.actorId },
      reblog: { id: post.id, reblogged: true, reblogs_count: 1 },
    })
    expect(boost.id).not.toBe(post.id)
    const row = await findPost(test.ctx.db, boost.id)
    expect(boost.uri).toBe(`https://here.example/activities/${row?.effectId}`)
  })

  it('twice is once, also at the same time', async () => {
    const [writer, fan] = [await somebody(), await somebody()]
    const { id } = (await writer.client.post('/api/v1/statuses', { status: 'a' })).body
    const boosts = await Promise.all(Array.from({ length: 5 }, () => fan.client.post(`/api/v1/statuses/${id}/reblog`)))
    expect(boosts.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    expect(new Set(boosts.map(({ body }) => body.id)).size).toBe(1)
    expect((await writer.client.get(`/api/v1/statuses/${id}`)).body.reblogs_count).toBe(1)
    expect(await effectsOf('boost.created', boosts[0]?.body.id)).toHaveLength(1)
  })

  it('of a boost boosts what it shows', async () => {
    const [writer, fan, other] = [await somebody(), await somebody(), await somebody()]
    const { id } = (await writer.client.post('/api/v1/statuses', { status: 'a' })).body
    const boost = (await fan.client.post(`/api/v1/statuses/${id}/reblog`)).body
    expect((await other.client.post(`/api/v1/statuses/${boost.id}/reblog`)).body.reblog.id).toBe(id)
  })

  it('is taken back by the post or by the boost, with the post as the answer', async () => {
    const [writer, fan] = [await somebody(), await somebody()]
    const { id } = (await writer.client.post('/api/v1/statuses', { status: 'a' })).body
    for (const pick of [(boost: string) => boost, () => id]) {
      const boost = (await fan.client.post(`/api/v1/statuses/${id}/reblog`)).body
      const { status, body } = await fan.client.post(`/api/v1/statuses/${pick(boost.id)}/unreblog`)
      expect(status).toBe(200)
      expect(body).toMatchObject({ id, reblogged: false, reblogs_count: 0 })
    }
    expect((await fan.client.post(`/api/v1/statuses/${id}/unreblog`)).status).toBe(200)
  })

  it('of what is not for everybody is for its author, to the same people', async () => {
    const [writer, fan] = [await somebody(), await somebody()]
    await make.follow(test.ctx, { followerId: fan.actorId, followeeId: writer.actorId })
    const { id } = (await writer.client.post('/api/v1/statuses', { status: 'a', visibility: 'private' })).body
    expect((await fan.client.post(`/api/v1/statuses/${id}/reblog`)).status).toBe(403)
    const { body } = await writer.client.post(`/api/v1/statuses/${id}/reblog`, { visibility: 'public' })
    expect(body.visibility).toBe('private')
    const direct = (await writer.client.post('/api/v1/statuses', { status: 'a', visibility: 'direct' })).body
    expect((await writer.client.post(`/api/v1/statuses/${direct.id}/reblog`)).status).toBe(403)
  })

  it('may be narrower than the post', async () => {
    const [writer, fan] = [await somebody(), await somebody()]
    const { id } = (await writer.client.post('/api/v1/statuses', { status: 'a' })).body
    const { body } = await fan.client.post(`/api/v1/statuses/${id}/reblog`, { visibility: 'private' })
    expect(body.visibility).toBe('private')
    expect((await fan.client.post(`/api/v1/statuses/${id}/reblog`, { visibility: 'direct' })).status).toBe(422)
  })

  it('names who did it, page by page', async () => {
    const writer = await somebody()
    const { id } = (await writer.client.post('/api/v1/statuses', { status: 'a' })).body
    const fans = [await somebody(), await somebody(), await somebody()]
    for (const fan of fans) await fan.client.post(`/api/v1/statuses/${id}/reblog`)
    const first = await anybody().get(`/api/v1/statuses/${id}/reblogged_by?limit=2`)
    expect(idsOf(first)).toEqual([fans[2]?.actorId, fans[1]?.actorId])
    const next = /<([^>]+)>; rel="next"/.exec(String(first.headers.link))?.[1] ?? ''
    expect(idsOf(await anybody().get(next.replace('https://here.example', '')))).toEqual([fans[0]?.actorId])
  })
})

describe('the lists of who liked and boosted', () => {
  it('are paged in every way, by the name of the post or of a boost of it, without whom a block hides', async () => {
    const writer = await somebody()
    const { id } = (await writer.client.post('/api/v1/statuses', { status: 'a' })).body
    const fans = [await somebody(), await somebody(), await somebody(), await somebody()]
    const boosts: string[] = []
    for (const { client } of fans) {
      await client.post(`/api/v1/statuses/${id}/favourite`)
      boosts.push((await client.post(`/api/v1/statuses/${id}/reblog`)).body.id)
    }
    const newestFirst = fans.map(({ actorId }) => actorId).toReversed()
    for (const list of ['favourited_by', 'reblogged_by']) {
      const path = `/api/v1/statuses/${id}/${list}`
      const page = async (query: string) => {
        const { body, headers } = await anybody().get(`${path}?${query}`)
        const links = String(headers.link).match(/(max|min)_id=\d+/g) ?? []
        return { ids: body.map((one: { id: string }) => one.id), max: links[0] ?? '', min: links[1] ?? '' }
      }
      const first = await page('limit=1')
      const second = await page(`limit=2&${first.max}`)
      expect([first.ids, second.ids]).toEqual([newestFirst.slice(0, 1), newestFirst.slice(1, 3)])
      expect((await page(`limit=1&${second.min}`)).ids).toEqual(newestFirst.slice(0, 1))
      const third = await page(`limit=1&${second.max}`)
      expect((await page(`limit=1&${third.min.replace('min', 'since')}`)).ids).toEqual(newestFirst.slice(0, 1))
      expect((await page(`limit=1&${third.min}`)).ids).toEqual(newestFirst.slice(2, 3))
      expect((await page('limit=1000')).ids).toEqual(newestFirst)
      expect(idsOf(await anybody().get(`/api/v1/statuses/${boosts[0]}/${list}`))).toEqual(newestFirst)
      expect((await anybody().get(`${path}?limit=0`)).status).toBe(422)
      expect((await anybody().get(`/api/v1/statuses/1/${list}`)).status).toBe(404)
    }
    await fans[3]?.client.post(`/api/v1/accounts/${fans[2]?.actorId}/block`)
    for (const list of ['favourited_by', 'reblogged_by']) {
      const { body } = (await fans[2]?.client.get(`/api/v1/statuses/${id}/${list}`)) ?? {}
      expect(body.map((one: { id: string }) => one.id)).toEqual(newestFirst.slice(1))
    }
  })
})

describe('liking', () => {
  it('is seen on the post by who likes it', async () => {
    const [writer, fan] = [await somebody(), await somebody()]
    const { id } = (await writer.client.post('/api/v1/statuses', { status: 'a' })).body
    const { body } = await fan.client.post(`/api/v1/statuses/${id}/favourite`)
    expect(Status.parse(body)).toMatchObject({ favourited: true, favourites_count: 1 })
    expect((await writer.client.get(`/api/v1/statuses/${id}`)).body).toMatchObject({
      favourited: false,
      favourites_count: 1,
    })
    expect(idsOf(await anybody().get(`/api/v1/statuses/${id}/favourited_by`))).toEqual([fan.actorId])
    expect(idsOf(await fan.client.get('/api/v1/favourites'))).toEqual([id])
    expect((await fan.client.post(`/api/v1/statuses/${id}/unfavourite`)).body).toMatchObject({
      favourited: false,
      favourites_count: 0,
    })
    expect((await fan.client.get('/api/v1/favourites')).body).toEqual([])
  })

  it('is recorded once however often it is asked for, and its undoing too', async () => {
    const [writer, fan] = [await somebody(), await somebody()]
    const { id } = (await writer.client.post('/api/v1/statuses', { status: 'a' })).body
    for (const act of ['favourite', 'favourite', 'unfavourite', 'unfavourite']) {
      expect((await fan.client.post(`/api/v1/statuses/${id}/${act}`)).status).toBe(200)
    }
    const rows = await test.ctx.db
      .$client`select type from effects where type like 'like.%' and (payload ->> 'postId' = ${id} or type = 'like.created')
      and (payload ->> 'actorId' = ${fan.actorId} or type = 'like.created') order by id desc limit 2`
    expect(rows.map(({ type }) => type)).toEqual(['like.undone', 'like.created'])
  })

  it('by fifty people at once counts fifty', async () => {
    const writer = await somebody()
    const { id } = (await writer.client.post('/api/v1/statuses', { status: 'a' })).body
    const fans = await Promise.all(Array.from({ length: 50 }, () => test.signIn(uniqueName('fan'))))
    const answers = await Promise.all(
      fans.map(({ headers }) => createClient(test.app, headers).post(`/api/v1/statuses/${id}/favourite`)),
    )
    expect(answers.every(({ status }) => status === 200)).toBe(true)
    expect((await writer.client.get(`/api/v1/statuses/${id}`)).body.favourites_count).toBe(50)
    await Promise.all(
      fans.map(({ headers }) => createClient(test.app, headers).post(`/api/v1/statuses/${id}/unfavourite`)),
    )
    expect((await writer.client.get(`/api/v1/statuses/${id}`)).body.favourites_count).toBe(0)
  })

  it('is refused to roles that only read', async () => {
    const { actor } = await make.actor(test.ctx)
    const analyst = await make.member(test.ctx, actor.id, 'analyst')
    const post = await make.post(test.ctx, { actorId: actor.id })
    await expect(likePost(test.ctx, analyst, post.id)).rejects.toMatchObject({ status: 403 })
  })
})

describe('reading', () => {
  it('shows a public post to anybody, without what only a known reader is told', async () => {
    const { client } = await somebody()
    const { id } = (await client.post('/api/v1/statuses', { status: 'for all' })).body
    const { status, body } = await anybody().get(`/api/v1/statuses/${id}`)
    expect(status).toBe(200)
    AnonymousStatus.parse(body)
  })

  it('tells only the author which program was used', async () => {
    const [writer, other] = [await somebody(), await somebody()]
    const [app] = await test.ctx.db
      .$client`insert into oauth_apps (client_id, client_secret_hash, name, redirect_uris, scopes)
      values (${uniqueName('app')}, 'x', 'Pinboard', '{}', '{}') returning id`
    const post = await make.post(test.ctx, { actorId: writer.actorId, appId: String(app?.id) })
    const own = await writer.client.get(`/api/v1/statuses/${post.id}`)
    expect(Status.parse(own.body).application).toEqual({ name: 'Pinboard', website: null })
    expect((await other.client.get(`/api/v1/statuses/${post.id}`)).body).not.toHaveProperty('application')
  })

  it('gives several at once in the order asked for, without those that are not there', async () => {
    const { client } = await somebody()
    const [one, two] = [
      await client.post('/api/v1/statuses', { status: '1' }),
      await client.post('/api/v1/statuses', { status: '2' }),
    ]
    const answer = await anybody().get(
      `/api/v1/statuses?id[]=${two.body.id}&id[]=1&id[]=x&id[]=${one.body.id}&id[]=99999999999999999999`,
    )
    expect(idsOf(answer)).toEqual([two.body.id, one.body.id])
    expect(idsOf(await anybody().get(`/api/v1/statuses?id=${one.body.id}`))).toEqual([one.body.id])
  })

  it('answers 404 for ids that cannot be', async () => {
    for (const id of ['abc', '99999999999999999999', '-1', '1']) {
      expect((await anybody().get(`/api/v1/statuses/${id}`)).status).toBe(404)
    }
  })

  it('shows a thread from its first post to its last answers', async () => {
    const { client } = await somebody()
    const other = await somebody()
    const write = async (who: Client, status: string, parent?: string) =>
      (await who.post('/api/v1/statuses', { status, in_reply_to_id: parent ?? null })).body.id as string
    const root = await write(client, 'root')
    const middle = await write(client, 'middle', root)
    const theirs = await write(other.client, 'theirs', middle)
    const own = await write(client, 'own', middle)
    const deep = await write(other.client, 'deep', own)
    const { body } = await client.get(`/api/v1/statuses/${middle}/context`)
    const context = Context.parse(body)
    expect(context.ancestors.map(({ id }: { id: string }) => id)).toEqual([root])
    // The author's own continuation first, then what others say.
    expect(context.descendants.map(({ id }: { id: string }) => id)).toEqual([own, deep, theirs])
  })

  it('survives a thread that ill-willed servers closed to a circle', async () => {
    const { actorId } = await somebody()
    const one = await make.post(test.ctx, { actorId })
    const two = await make.post(test.ctx, { actorId, inReplyToId: one.id })
    await test.ctx.db.update(posts).set({ inReplyToId: two.id }).where(eq(posts.id, one.id))
    const { status, body } = await anybody().get(`/api/v1/statuses/${one.id}/context`)
    expect(status).toBe(200)
    expect(idsOf({ status, body: body.ancestors, headers: {} })).toEqual([two.id])
  })

  it('tells how a hashtag was used in the last seven days', async () => {
    const { client } = await somebody()
    await client.post('/api/v1/statuses', { status: '#Wochenmarkt' })
    await client.post('/api/v1/statuses', { status: '#wochenmarkt', visibility: 'private' })
    const { body } = await anybody().get('/api/v1/tags/WOCHENMARKT')
    const tag = Tag.parse(body)
    expect(tag).toMatchObject({
      name: 'Wochenmarkt',
      history: [{ uses: '1', accounts: '1' }, { uses: '0' }, {}, {}, {}, {}, {}],
    })
    expect((await client.get('/api/v1/tags/wochenmarkt')).body).toMatchObject({ following: false })
    expect((await anybody().get('/api/v1/tags/neverused')).body.history).toHaveLength(7)
  })
})

describe('the author beside a post', () => {
  it('is always the present one, although accounts are kept in memory', async () => {
    const { client, actorId } = await somebody()
    const { id } = (await client.post('/api/v1/statuses', { status: 'a' })).body
    const author = async () => (await anybody().get(`/api/v1/statuses/${id}`)).body.account
    expect((await author()).display_name).not.toBe('Renamed')
    await test.ctx.db.update(actors).set({ name: 'Renamed' }).where(eq(actors.id, actorId))
    expect(await author()).toMatchObject({ display_name: 'Renamed', statuses_count: 1, followers_count: 0 })
    await make.follow(test.ctx, { followerId: (await make.actor(test.ctx)).actor.id, followeeId: actorId })
    expect((await author()).followers_count).toBe(1)
  })
})

describe('the number of queries', () => {
  it('does not depend on the number of posts', async () => {
    const { actorId, client } = await somebody()
    const fans = await Promise.all(Array.from({ length: 40 }, () => make.actor(test.ctx)))
    const ids: string[] = []
    for (const { actor } of fans) {
      const { id } = await make.post(test.ctx, {
        actorId: actor.id,
        recipientIds: [actorId],
        hashtags: ['many'],
        hasMedia: true,
      })
      await make.poll(test.ctx, { postId: id, voterIds: [actorId] })
      await make.picture(test.ctx, { actorId: actor.id, postId: id })
      const quoted = await make.post(test.ctx, { actorId: actor.id, hasMedia: true })
      await make.quote(test.ctx, { postId: id, quotedId: quoted.id })
      ids.push(id)
    }
    const count = (wanted: readonly string[]) =>
      countQueries(test.ctx.db, async () => {
        expect(await loadStatuses(test.ctx, actorId, wanted)).toHaveLength(wanted.length)
      })
    await client.get('/api/v1/timelines/home')
    const few = await count(ids.slice(0, 1))
    expect(few).toBeGreaterThan(0)
    expect(await count(ids)).toBe(few)
  })
})
