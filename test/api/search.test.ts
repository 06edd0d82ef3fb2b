import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Ctx } from '#src/context.ts'
import { updateProfile } from '#src/features/actors/edit.ts'
import type { PollDraft } from '#src/features/polls/policy.ts'
import { boostPost } from '#src/features/posts/boost.ts'
import { createPost } from '#src/features/posts/create.ts'
import { voteOnPost } from '#src/features/posts/poll.ts'
import { keepPost } from '#src/features/reactions/keeping.ts'
import { likePost } from '#src/features/reactions/service.ts'
import { search } from '#src/features/search/service.ts'
import { Account, Status } from '#test/contract/schemas.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { make, uniqueName } from '#test/support/make.ts'

let test: TestApp

beforeAll(async () => {
  test = await createTestApp()
})
afterAll(() => test.close())

const me = (scopes?: string[]) => test.signIn(uniqueName('seeker'), scopes)
const find = async (q: string, headers: Record<string, string> = {}, more = '') => {
  const answer = await test.app.inject({
    method: 'GET',
    url: `/api/v2/search?q=${encodeURIComponent(q)}${more}`,
    headers,
  })
  return { status: answer.statusCode, body: answer.json() }
}
const idsOf = (list: { id: string }[]) => list.map(({ id }) => id)

describe('a search', () => {
  it('finds people by handle, address, name and the address of their page', async () => {
    const { headers, viewer, actorId } = await me()
    const { handle } = await updateProfile(test.ctx, viewer, { name: 'Émilie Carton' })
    for (const q of [
      handle,
      `@${handle}@here.example`,
      'Émilie',
      test.ctx.uris.profile(handle),
      test.ctx.uris.actor(handle),
    ]) {
      const { body } = await find(q, headers)
      expect(idsOf(body.accounts), q).toContain(actorId)
      Account.parse(body.accounts[0])
    }
  })

  it('finds only of the kind that was asked for', async () => {
    const { headers, viewer } = await me()
    await createPost(test.ctx, viewer, { text: 'A word on #emballage', visibility: 'public' })
    const { body } = await find('emballage', headers, '&type=hashtags')
    expect(body).toMatchObject({ accounts: [], statuses: [] })
    expect(body.hashtags.map(({ name }: { name: string }) => name)).toContain('emballage')
    expect((await find('emballage', headers, '&type=songs')).status).toBe(422)
  })

  it('finds posts that one wrote, was addressed in, or liked, and no others (row 29)', async () => {
    const [reader, author] = [await me(), await me()]
    const { username } = (await test.app.inject({ url: `/api/v1/accounts/${reader.actorId}` })).json()
    const word = uniqueName('zwieback')
    const own = await createPost(test.ctx, reader.viewer, { text: `My ${word}`, visibility: 'public' })
    const addressed = await createPost(test.ctx, author.viewer, {
      text: `@${username} your ${word}`,
      visibility: 'public',
    })
    const liked = await createPost(test.ctx, author.viewer, { text: `A likeable ${word}`, visibility: 'public' })
    await likePost(test.ctx, reader.viewer, liked)
    const foreign = await createPost(test.ctx, author.viewer, {
      text: `Not for finding: ${word}`,
      visibility: 'public',
    })
    const { body } = await find(word, reader.headers)
    const found = idsOf(body.statuses)
    expect(found).toEqual(expect.arrayContaining([own, addressed, liked]))
    expect(found).not.toContain(foreign)
    for (const status of body.statuses) Status.parse(status)
  })

  it('finds posts that one boosted, kept, or voted in, and not for others', async () => {
    const [reader, author, stranger] = [await me(), await me(), await me()]
    const word = uniqueName('pumpernickel')
    const write = (text: string, poll: PollDraft | null = null) =>
      createPost(test.ctx, author.viewer, { text: `${text} ${word}`, visibility: 'public', poll })
    const boosted = await write('Worth sharing:')
    const kept = await write('Worth keeping:')
    const poll = { options: ['Crust', 'Crumb'], lastsSeconds: 3600, isMultiple: false, hidesTotals: false }
    const asked = await write('Which part?', poll)
    await boostPost(test.ctx, reader.viewer, boosted)
    await keepPost(test.ctx, reader.viewer, 'bookmark', kept)
    await voteOnPost(test.ctx, reader.viewer, asked, [0])
    expect(idsOf((await find(word, reader.headers)).body.statuses)).toEqual([asked, kept, boosted])
    expect(idsOf((await find(`${word} in:library`, reader.headers)).body.statuses)).toHaveLength(3)
    expect((await find(word, stranger.headers)).body.statuses).toEqual([])
  })

  it('takes wildcards for what they are (row 54)', async () => {
    const { headers, viewer } = await me()
    await createPost(test.ctx, viewer, { text: 'Nothing special', visibility: 'public' })
    expect((await find('%', headers, '&type=statuses')).body.statuses).toEqual([])
    expect((await find('_', headers, '&type=statuses')).body.statuses).toEqual([])
  })

  it('brings a post by its address to those who may see it', async () => {
    const [author, stranger] = [await me(), await me()]
    const id = await createPost(test.ctx, author.viewer, { text: 'Between us', visibility: 'followers' })
    const actor = (await test.app.inject({ url: `/api/v1/accounts/${author.actorId}` })).json()
    const address = test.ctx.uris.post(actor.username, id)
    expect(idsOf((await find(address, author.headers)).body.statuses)).toEqual([id])
    expect((await find(address, stranger.headers, '&resolve=true')).body.statuses).toEqual([])
    expect((await find(address)).body.statuses).toEqual([])
  })

  it('asks other servers only for somebody who is signed in and wants it', async () => {
    const { viewer } = await me()
    const asked: string[] = []
    const remote = await make.remoteActor(test.ctx)
    const ctx: Ctx = {
      ...test.ctx,
      remote: {
        lookupHandle: async () => null,
        lookupUrl: async (url) => {
          asked.push(url)
          return { kind: 'actor', id: remote.id }
        },
        refreshActor: async () => null,
        refreshPost: async () => {},
        refreshProduct: async () => {},
        refreshPins: async () => {},
        refreshFeaturedTags: async () => {},
      },
    }
    const wish = {
      text: 'https://elsewhere.example/@somebody',
      kind: null,
      isFollowed: false,
      authorId: null,
      limit: 20,
      offset: 0,
    } as const
    expect((await search(ctx, null, { ...wish, mayLookUp: true })).actors).toEqual([])
    expect((await search(ctx, viewer, { ...wish, mayLookUp: false })).actors).toEqual([])
    expect(asked).toEqual([])
    expect(idsOf((await search(ctx, viewer, { ...wish, mayLookUp: true })).actors)).toEqual([remote.id])
    expect((await find('https://elsewhere.example/@somebody', {}, '&resolve=true')).status).toBe(401)
    expect((await find('anything', {}, '&offset=20')).body.error).toContain('first page')
  })

  it('needs the scope read:search of a token', async () => {
    const { headers } = await me(['read:statuses'])
    expect((await find('x', headers)).status).toBe(403)
    expect((await find('x')).status).toBe(200)
  })
})

describe('a search for words', () => {
  const post = async (author: Awaited<ReturnType<typeof me>>, text: string, more = {}) =>
    createPost(test.ctx, author.viewer, { text, visibility: 'public', ...more })

  it('finds what authors who agreed say to everybody, in French and English, whatever the accents and endings', async () => {
    const [reader, open, closed] = [await me(), await me(), await me()]
    await updateProfile(test.ctx, open.viewer, { isIndexable: true })
    const french = await post(open, 'Nos crèmes brûlées sont prêtes')
    const english = await post(open, 'We are baking breads tonight')
    const hidden = await post(closed, 'Nos crèmes brûlées')
    const followers = await post(open, 'Nos crèmes brûlées à nous', { visibility: 'followers' })
    expect(idsOf((await find('creme brulee', reader.headers)).body.statuses)).toEqual([french])
    expect(idsOf((await find('"bake bread"', reader.headers)).body.statuses)).toEqual([english])
    expect(idsOf((await find('bread -baking', reader.headers)).body.statuses)).toEqual([])
    for (const q of ['crèmes brûlées', 'strong', 'p']) {
      const ids = idsOf((await find(q, reader.headers)).body.statuses)
      for (const id of [hidden, followers]) expect(ids).not.toContain(id)
    }
    expect((await find('creme brulee')).body.statuses).toEqual([])
  })

  it('understands from, has, is, language, in and days, and pages by ids', async () => {
    const author = await me()
    const { username } = (await test.app.inject({ url: `/api/v1/accounts/${author.actorId}` })).json()
    const word = uniqueName('quince')
    const first = await post(author, `${word} one`, { language: 'fr' })
    const second = await post(author, `${word} two`, { language: 'en', inReplyToId: first })
    const statuses = async (q: string, more = '') => idsOf((await find(q, author.headers, more)).body.statuses)
    expect(await statuses(word)).toEqual([second, first])
    expect(await statuses(`${word} from:me is:reply`)).toEqual([second])
    expect(await statuses(`${word} from:@${username} language:fr`)).toEqual([first])
    expect(await statuses(`${word} from:nobody-at-all`)).toEqual([])
    expect(await statuses(`${word} has:media`)).toEqual([])
    expect(await statuses(`${word} in:library`)).toEqual([second, first])
    expect(await statuses(`${word} in:public`)).toEqual([])
    expect(await statuses(`${word} before:2020-01-01`)).toEqual([])
    expect(await statuses(`${word} after:2020-01-01`)).toEqual([second, first])
    expect(await statuses(word, `&max_id=${second}`)).toEqual([first])
    expect(await statuses(word, `&min_id=${first}`)).toEqual([second])
    expect((await find(word, author.headers, '&max_id=x')).status).toBe(422)
  })

  it('finds people although a letter is wrong', async () => {
    const { headers, viewer, actorId } = await me()
    await updateProfile(test.ctx, viewer, { name: 'Boulangerie Delmasse' })
    for (const q of ['boulangerie', 'DELMASSE', 'delmase'])
      expect(idsOf((await find(q, headers)).body.accounts), q).toContain(actorId)
  })
})
