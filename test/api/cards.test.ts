import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { blockedHosts } from '#src/db/schema/blocks.ts'
import { cards } from '#src/db/schema/cards.ts'
import { findCardLink } from '#src/features/cards/links.ts'
import { sweepCards } from '#src/features/cards/service.ts'
import type { ImageProcess } from '#src/features/media/service.ts'
import { createPost } from '#src/features/posts/create.ts'
import { receivePost } from '#src/features/posts/receive.ts'
import { AnonymousStatus, PreviewCard, Status, TrendingLink } from '#test/contract/schemas.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { type Client, createClient, idsOf, type Json } from '#test/support/client.ts'
import { DAY_MS } from '#test/support/clock.ts'
import { og, pageWith, startCardWorker } from '#test/support/linked-pages.ts'
import { make, uniqueName } from '#test/support/make.ts'
import { walk } from '#test/support/paging.ts'
import { jpeg, svg } from '#test/support/pictures.ts'
import { type Stranger, startStranger } from '#test/support/stranger.ts'
import { createCardReading } from '#workers/cards.ts'

let test: TestApp
let site: Stranger
let worker: ReturnType<typeof startCardWorker>
let visitor: Client

beforeAll(async () => {
  test = await createTestApp({ config: { outboundAllow: ['127.0.0.1'] } })
  site = await startStranger()
  worker = startCardWorker(test.ctx)
  visitor = createClient(test.app)
})
afterAll(async () => {
  await worker.close()
  await site.close()
  await test.close()
})

async function somebody() {
  const { actorId, headers, viewer } = await test.signIn(uniqueName('writer'))
  return { actorId, viewer, headers, client: createClient(test.app, headers) }
}

const newPath = () => `/${uniqueName('article')}`

/** A page at a new address of the site, and the address. */
function publish(...tags: readonly string[]): string {
  const path = newPath()
  site.serve(path, pageWith(...tags))
  return site.url + path
}

async function say(client: Client, status: string, more: object = {}): Promise<Json> {
  const answer = await client.post('/api/v1/statuses', { status, ...more })
  expect(answer.status).toBe(200)
  return answer.body
}

const cardOf = async (id: string, client = visitor): Promise<Json> =>
  (await client.get(`/api/v1/statuses/${id}`)).body.card

const reads = (url: string) => site.gets.filter(({ path }) => path === url.slice(site.url.length)).length

describe('the first link of a post', () => {
  it('becomes a card with what its page says of itself', async () => {
    const me = await somebody()
    site.serve('/cover.jpg', {
      headers: { 'content-type': 'image/jpeg' },
      body: await jpeg({ width: 1600, height: 900 }),
    })
    const url = publish(
      '<title>Not this</title>',
      og('title', 'Le papier   qui revient'),
      og('description', 'Une enquête &amp; des chiffres.'),
      og('site_name', 'La Feuille'),
      og('image', '/cover.jpg'),
      og('image:alt', 'A roll of brown paper'),
      '<meta property="article:published_time" content="2026-11-20T08:00:00+01:00">',
      '<meta name="author" content="Ada Martin">',
    )
    const status = await say(me.client, `Read ${url} and https://other.example/second #paper`)
    expect(Status.parse(status).card).toBeNull()
    await worker.read()
    const card = PreviewCard.parse(await cardOf(status.id))
    expect(card).toMatchObject({
      url,
      title: 'Le papier qui revient',
      description: 'Une enquête & des chiffres.',
      language: 'fr',
      type: 'link',
      provider_name: 'La Feuille',
      author_name: 'Ada Martin',
      authors: [{ name: 'Ada Martin', url: '', account: null }],
      html: '',
      width: 1200,
      height: 675,
      image_description: 'A roll of brown paper',
      embed_url: '',
      published_at: '2026-11-20T07:00:00.000Z',
      missing_attribution: null,
    })
    expect(card.blurhash).toBeTruthy()
    const { pathname, host } = new URL(card.image ?? '')
    expect(host).toBe('here.example')
    const image = await test.app.inject({ url: pathname })
    expect(image.statusCode).toBe(200)
    expect(image.headers).toMatchObject({
      'content-type': 'image/jpeg',
      'cache-control': 'public, max-age=1209600, immutable',
      'content-security-policy': "default-src 'none'; sandbox",
    })
    expect((await test.app.inject({ url: pathname.replace(/[^/]+$/, 'upload') })).statusCode).toBe(404)
    AnonymousStatus.parse((await visitor.get(`/api/v1/statuses/${status.id}`)).body)
    Status.parse((await me.client.get(`/api/v1/statuses/${status.id}`)).body)
  })

  it('is read once for all posts, and again after two weeks when somebody links to it', async () => {
    const me = await somebody()
    const url = publish('<title>First</title>')
    const first = await say(me.client, url)
    const second = await say(me.client, `again ${url}`)
    await worker.read()
    expect([(await cardOf(first.id)).title, (await cardOf(second.id)).title]).toEqual(['First', 'First'])
    site.serve(url, pageWith('<title>Second</title>'))
    await say(me.client, `and again ${url}`)
    await worker.read()
    expect(reads(url)).toBe(1)
    test.clock.pass(15 * DAY_MS)
    const later = await say(me.client, `much later ${url}`)
    await worker.read()
    expect(reads(url)).toBe(2)
    for (const { id } of [first, later]) expect((await cardOf(id)).title).toBe('Second')
  })

  it('is that of a boost in what it shows', async () => {
    const [me, other] = [await somebody(), await somebody()]
    const status = await say(me.client, publish('<title>Shared</title>'))
    await worker.read()
    const boost = (await other.client.post(`/api/v1/statuses/${status.id}/reblog`)).body
    expect([boost.card, boost.reblog.card.title]).toEqual([null, 'Shared'])
  })

  it('is not one to people, hashtags, this instance, or what is no page', async () => {
    const me = await somebody()
    const remote = await make.remoteActor(test.ctx)
    const texts = [
      'only words',
      `#bread @${remote.handle}@${remote.host}`,
      'https://here.example/@somebody/1',
      'mailto:a@b.example',
    ]
    const named = '<a href="https://user:secret@other.example/">x</a>'
    expect(findCardLink(named, 'https://here.example')).toBeNull()
    for (const text of texts) await say(me.client, text)
    const rows = await test.ctx.db
      .$client`select cards.url from posts join cards on cards.id = card_id where actor_id = ${me.actorId}`
    expect(rows).toEqual([])
  })

  it('follows an edit, and leaves with the link', async () => {
    const me = await somebody()
    const [one, two] = [publish('<title>One</title>'), publish('<title>Two</title>')]
    const { id } = await say(me.client, one)
    await worker.read()
    expect((await cardOf(id)).title).toBe('One')
    await me.client.put(`/api/v1/statuses/${id}`, { status: `better: ${two}` })
    await worker.read()
    expect((await cardOf(id)).title).toBe('Two')
    await me.client.put(`/api/v1/statuses/${id}`, { status: 'none' })
    expect(await cardOf(id)).toBeNull()
  })

  it('makes no card where there are pictures', async () => {
    const me = await somebody()
    const picture = await make.picture(test.ctx, { actorId: me.actorId })
    const url = publish('<title>Unread</title>')
    const { id } = await say(me.client, url, { media_ids: [picture.id] })
    await worker.read()
    expect(await cardOf(id)).toBeNull()
    expect(reads(url)).toBe(0)
  })

  it('of a remote post is read within a minute, not at once (row 86)', async () => {
    const author = await make.remoteActor(test.ctx)
    const url = publish('<title>From afar</title>')
    const { id } = await receivePost(
      test.ctx,
      remotePost(
        author.id,
        `<p>see <a href="https://there.example/tags/a" class="hashtag">#a</a>
      <span class="h-card"><a href="https://there.example/@b">b</a></span> <a href="${url}?a=1&amp;b=2">it</a></p>`,
      ),
    )
    site.serve(`${url}?a=1&b=2`, pageWith('<title>From afar</title>'))
    const [row] = await test.ctx.db
      .select()
      .from(cards)
      .where(eq(cards.url, `${url}?a=1&b=2`))
    expect(row?.dueAt?.getTime()).toBeGreaterThanOrEqual(test.clock.now().getTime())
    test.clock.pass(61_000)
    await worker.read()
    expect((await cardOf(id ?? '')).title).toBe('From afar')
  })

  function remotePost(actorId: string, content: string) {
    const iri = `https://there.example/notes/${uniqueName('n')}`
    const nothing = {
      recipientIds: [],
      mentionIds: [],
      hashtags: [],
      attachments: [],
      poll: null,
      quote: null,
      quoteAutomatic: [],
      quoteManual: [],
      emojis: [],
      raw: {},
    }
    const plain = {
      spoilerText: '',
      isSensitive: false,
      language: null,
      inReplyToIri: null,
      context: null,
      editedAt: null,
    }
    return {
      ...nothing,
      ...plain,
      iri,
      actorId,
      url: iri,
      visibility: 'public',
      content,
      publishedAt: test.clock.now(),
    } as const
  }
})

describe('a page that cannot be shown', () => {
  it('is remembered, and asked again after a day', async () => {
    const me = await somebody()
    const url = site.url + newPath()
    const { id } = await say(me.client, url)
    await worker.read()
    await say(me.client, `again ${url}`)
    await worker.read()
    expect([await cardOf(id), reads(url)]).toEqual([null, 1])
    site.serve(url, pageWith('<title>There now</title>'))
    test.clock.pass(DAY_MS + 1)
    await say(me.client, `and again ${url}`)
    await worker.read()
    expect((await cardOf(id)).title).toBe('There now')
  })

  it('is tried again by itself when its server fails for a moment, and keeps what was read before', async () => {
    const me = await somebody()
    const url = publish('<title>Kept</title>')
    const { id } = await say(me.client, url)
    await worker.read()
    site.serve(url, { status: 503 })
    test.clock.pass(15 * DAY_MS)
    await say(me.client, `again ${url}`)
    for (const minutes of [0, 11, 61, 1_000]) {
      test.clock.pass(minutes * 60_000)
      await worker.read()
    }
    expect(reads(url)).toBe(4)
    expect((await cardOf(id)).title).toBe('Kept')
  })

  it.each([
    ['is no page', { headers: { 'content-type': 'application/pdf' }, body: '%PDF' }],
    ['has no title', pageWith('<meta name="description" content="x">')],
    ['leads to a private address', { status: 302, headers: { location: 'http://10.0.0.1/' } }],
    ['turns in circles', { status: 302, headers: { location: '' } }],
  ])('makes no card when it %s', async (_what, answer) => {
    const me = await somebody()
    const path = newPath()
    const location = answer.headers && 'location' in answer.headers ? answer.headers.location || site.url + path : ''
    site.serve(path, location ? { ...answer, headers: { location } } : answer)
    const { id } = await say(me.client, site.url + path)
    await worker.read()
    expect(await cardOf(id)).toBeNull()
    const [row] = await test.ctx.db
      .select()
      .from(cards)
      .where(eq(cards.url, site.url + path))
    expect(row).toMatchObject({ failures: 1, dueAt: null, readAt: null })
  })

  it('is not asked for on a private address, nor on a blocked server (row 47)', async () => {
    const me = await somebody()
    await test.ctx.db.insert(blockedHosts).values({ host: 'shunned.example', reason: '' })
    for (const url of ['http://192.168.0.1/router', 'http://localhost:1/', 'https://www.shunned.example/page']) {
      const { id } = await say(me.client, url)
      await worker.read()
      expect(await cardOf(id)).toBeNull()
    }
  })

  it('of which only the picture is bad has a card without one, and no file is left', async () => {
    const me = await somebody()
    site.serve('/bad.svg', { headers: { 'content-type': 'image/svg+xml' }, body: svg })
    site.serve('/private.jpg', { status: 302, headers: { location: 'http://10.0.0.1/x.jpg' } })
    const before = await storedFiles()
    for (const image of ['/bad.svg', '/private.jpg', '/missing.jpg']) {
      const { id } = await say(me.client, publish('<title>Plain</title>', og('image', image)))
      await worker.read()
      expect(await cardOf(id)).toMatchObject({ title: 'Plain', image: null, blurhash: null, width: 0, height: 0 })
    }
    expect(await storedFiles()).toEqual(before)
  })
})

const storedFiles = async () => {
  const entries = await readdir(join(test.ctx.config.dataDir, 'media'), { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

describe('the copy of a picture', () => {
  it('is replaced with the next reading, and nothing is left of a reading that was killed', async () => {
    const me = await somebody()
    const before = await storedFiles()
    const show = async (path: string) =>
      site.serve(path, { headers: { 'content-type': 'image/jpeg' }, body: await jpeg({ width: 600, height: 300 }) })
    await Promise.all(['/one.jpg', '/two.jpg'].map(show))
    const url = publish('<title>Pictured</title>', og('image', '/one.jpg'))
    const broken: ImageProcess = { run: () => Promise.reject(new Error('the process was killed')) }
    const killed = createCardReading(test.ctx, broken)
    const { id } = await say(me.client, url)
    await killed.begin()
    await killed.settled()
    const [row] = await test.ctx.db.select().from(cards).where(eq(cards.url, url))
    await test.ctx.storage.put(`${row?.spareKey}/upload`, Buffer.from('half'))
    await worker.read()
    expect(await cardOf(id)).toBeNull()
    test.clock.pass(601_000)
    await worker.read()
    const first = await cardOf(id)
    const files = await storedFiles()
    expect(files.filter((file) => file.endsWith('upload'))).toEqual([])
    site.serve(url, pageWith('<title>Pictured</title>', og('image', '/two.jpg')))
    test.clock.pass(15 * DAY_MS)
    await say(me.client, url)
    await worker.read()
    const second = await cardOf(id)
    expect(second.image).not.toBe(first.image)
    expect(await storedFiles()).toHaveLength(files.length)
    expect((await test.app.inject({ url: new URL(first.image).pathname })).statusCode).toBe(404)
    site.serve(url, pageWith('<title>Pictured</title>'))
    test.clock.pass(15 * DAY_MS)
    await say(me.client, url)
    await worker.read()
    expect((await cardOf(id)).image).toBeNull()
    expect(await storedFiles()).toEqual(before)
  })
})

describe('a page is read', () => {
  it.each([
    ['its header', 'text/html; charset=iso-8859-1', Buffer.from('<title>Caf\u00e9</title>', 'latin1'), 'Café'],
    [
      'itself',
      'text/html',
      Buffer.from('<meta charset="windows-1252"><title>\u0080Caf\u00e9</title>', 'latin1'),
      '€Café',
    ],
    ['a byte order mark', 'text/html', Buffer.from('\ufeff<title>Thé</title>', 'utf16le'), 'Thé'],
    ['UTF-8 where nothing is said', 'text/html', Buffer.from('<title>Thé</title>'), 'Thé'],
    ['the habit of the web', 'text/html', Buffer.from('<title>Th\u00e9</title>', 'latin1'), 'Thé'],
  ])('in the character set of %s', async (_what, type, body, title) => {
    const me = await somebody()
    const path = newPath()
    site.serve(path, { headers: { 'content-type': type }, body })
    const { id } = await say(me.client, site.url + path)
    await worker.read()
    expect((await cardOf(id)).title).toBe(title)
  })

  it('to its first megabyte, by title when it says nothing more, and as text', async () => {
    const me = await somebody()
    const path = newPath()
    const body = `<html><title>Big &lt;script&gt; page</title><body>${'<p>word</p>'.repeat(150_000)}${og('title', 'late')}`
    site.serve(path, { headers: { 'content-type': 'text/html' }, body })
    const { id } = await say(me.client, site.url + path)
    await worker.read()
    expect((await cardOf(id)).title).toBe('Big <script> page')
  })
})

describe('oEmbed', () => {
  const withOembed = (document: object, ...tags: string[]) => {
    const path = `${newPath()}.json`
    site.serve(path, { headers: { 'content-type': 'application/json' }, body: document })
    return publish(
      `<link rel="alternate" type="application/json+oembed" href="${path}">`,
      '<title>Page</title>',
      ...tags,
    )
  }

  it('tells of a film, of which only the frame is kept (row 63)', async () => {
    const me = await somebody()
    const html =
      '<iframe width="1" src="https://films.example/embed/1?a=1&amp;b=2" onload="alert(1)" srcdoc="<script>x</script>"></iframe>'
    const film = {
      type: 'video',
      version: '1.0',
      html,
      width: '640',
      height: 360,
      author_name: 'Studio',
      author_url: 'https://films.example/studio',
      provider_name: 'Films',
      provider_url: 'https://films.example/',
    }
    const { id } = await say(me.client, withOembed(film))
    await worker.read()
    const card = PreviewCard.parse(await cardOf(id))
    expect(card).toMatchObject({
      type: 'video',
      width: 640,
      height: 360,
      author_name: 'Studio',
      provider_name: 'Films',
    })
    expect(card.html).toMatch(
      /^<iframe src="https:\/\/films\.example\/embed\/1\?a=1&amp;b=2" width="640" height="360" sandbox="allow-scripts /,
    )
    expect(card.html).not.toMatch(/onload|srcdoc|alert/)
  })

  it.each([
    ['a script', '<script src="https://films.example/x.js"></script>'],
    ['more than a frame', '<blockquote>x</blockquote><iframe src="https://films.example/1"></iframe>'],
    ['a frame over http', '<iframe src="http://films.example/1"></iframe>'],
    ['a frame of ours', '<iframe src="https://here.example/settings"></iframe>'],
    ['a frame of code', '<iframe src="javascript:alert(1)"></iframe>'],
  ])('is a link when its film is %s', async (_what, html) => {
    const me = await somebody()
    const { id } = await say(me.client, withOembed({ type: 'video', html, width: 10, height: 10 }))
    await worker.read()
    expect(await cardOf(id)).toMatchObject({ type: 'link', html: '', title: 'Page' })
  })

  it('tells of a photograph, which comes from here', async () => {
    const me = await somebody()
    site.serve('/photo.jpg', { headers: { 'content-type': 'image/jpeg' }, body: await jpeg() })
    const { id } = await say(me.client, withOembed({ type: 'photo', url: '/photo.jpg', width: 9, height: 9 }))
    await worker.read()
    const card = PreviewCard.parse(await cardOf(id))
    expect(card).toMatchObject({ type: 'photo', html: '', embed_url: card.image })
    expect(card.image).toMatch(/^https:\/\/here\.example\/cards\//)
  })

  it('that is none leaves the page as it is', async () => {
    const me = await somebody()
    const { id } = await say(me.client, withOembed([1, 2]))
    await worker.read()
    expect(await cardOf(id)).toMatchObject({ type: 'link', title: 'Page' })
  })
})

describe('the author of a page', () => {
  it('is named only where they say that the site is theirs, and is told where they have not (row 64)', async () => {
    const { viewer, client, actorId } = await somebody()
    const { username } = (await client.get(`/api/v1/accounts/${actorId}`)).body
    const url = publish('<title>Mine</title>', `<meta name="fediverse:creator" content="@${username}@here.example">`)
    const id = await createPost(test.ctx, viewer, { text: url })
    await worker.read()
    expect(await cardOf(id)).toMatchObject({ authors: [], missing_attribution: null })
    expect(await cardOf(id, client)).toMatchObject({ authors: [], missing_attribution: true })
    await test.ctx.db.$client`update actors set attribution_domains = ${['127.0.0.1']} where id = ${actorId}`
    const card = PreviewCard.parse(await cardOf(id, client))
    expect(card).toMatchObject({ authors: [{ account: { id: actorId } }], missing_attribution: false })
    expect((await cardOf(id, (await somebody()).client)).missing_attribution).toBe(false)
    await test.ctx.db.$client`update actors set suspended_at = now() where id = ${actorId}`
    const other = await somebody()
    const again = await say(other.client, url)
    expect(await cardOf(again.id)).toMatchObject({ title: 'Mine', authors: [] })
  })

  it('may be somebody of another server whom this one knows', async () => {
    const me = await somebody()
    const known = await make.remoteActor(test.ctx, { attributionDomains: ['127.0.0.1'] })
    const tag = (acct: string) => `<meta name="fediverse:creator" content="${acct}">`
    const theirs = await say(me.client, publish('<title>Theirs</title>', tag(`${known.handle}@${known.host}`)))
    const unknown = await say(me.client, publish('<title>Nobody</title>', tag('@nobody@there.example')))
    await worker.read()
    const card = PreviewCard.parse(await cardOf(theirs.id))
    expect(card.authors).toMatchObject([
      { name: known.name, account: { id: known.id, acct: `${known.handle}@${known.host}` } },
    ])
    expect((await cardOf(unknown.id)).authors).toEqual([])
  })
})

it('leaves with its picture when no post is left that links to it', async () => {
  const me = await somebody()
  site.serve('/gone.jpg', { headers: { 'content-type': 'image/jpeg' }, body: await jpeg() })
  const url = publish('<title>Gone</title>', og('image', '/gone.jpg'))
  const before = await storedFiles()
  const { id } = await say(me.client, url)
  await worker.read()
  expect((await storedFiles()).length).toBeGreaterThan(before.length)
  await me.client.delete(`/api/v1/statuses/${id}`)
  await sweepCards(test.ctx)
  expect((await storedFiles()).length).toBeGreaterThan(before.length)
  await test.ctx.db
    .update(cards)
    .set({ createdAt: new Date(0), triedAt: new Date(0) })
    .where(eq(cards.url, url))
  await sweepCards(test.ctx)
  expect(await storedFiles()).toEqual(before)
  expect(await test.ctx.db.select().from(cards).where(eq(cards.url, url))).toEqual([])
})

describe('on the pages here', () => {
  it('a card stands below the words, with its picture from here', async () => {
    const me = await somebody()
    site.serve('/page.jpg', {
      headers: { 'content-type': 'image/jpeg' },
      body: await jpeg({ width: 1600, height: 900 }),
    })
    const url = publish('<title>A &lt;b&gt; title</title>', og('image', '/page.jpg'), og('description', 'About it'))
    const open = await say(me.client, url)
    const covered = await say(me.client, `behind ${url}`, { spoiler_text: 'Warned' })
    await worker.read()
    const page = async (status: Json) => (await test.app.inject({ url: new URL(status.url).pathname })).body
    const shown = await page(open)
    expect(shown).toContain(`<a class="link-card" href="${url}"`)
    expect(shown).toContain('A &lt;b&gt; title')
    expect(shown).toMatch(/src="https:\/\/here\.example\/cards\/[0-9a-f]{32}\/1200\.jpg"/)
    expect(shown).not.toContain(`${site.url}/page.jpg`)
    const behind = await page(covered)
    expect(behind).toContain('link-card')
    expect(behind).not.toContain('/cards/')
    expect(behind.indexOf('class="link-card"')).toBeGreaterThan(behind.indexOf('warning__read'))
    const french = await test.app.inject({ url: new URL(open.url).pathname, headers: { 'accept-language': 'fr' } })
    expect(french.body).toContain('Page en lien')
  })
})

describe('what many link to', () => {
  const found = () => make.actor(test.ctx, { isDiscoverable: true })

  async function linked() {
    const me = await somebody()
    const url = publish(`<title>${uniqueName('Trend')}</title>`)
    await say(me.client, url, { visibility: 'direct' })
    await worker.read()
    const [card] = await test.ctx.db.select().from(cards).where(eq(cards.url, url))
    if (!card) throw new Error('no card was made')
    const link = async (values: Partial<Parameters<typeof make.post>[1]> & { actorId: string }) =>
      (await make.post(test.ctx, { cardId: card.id, ...values })).id
    return { me, url, link }
  }

  it('is a trend when several do so openly, with its days', async () => {
    const { url, link } = await linked()
    const trending = async () => {
      const { body } = await visitor.get('/api/v1/trends/links?limit=20')
      return body.map((one: unknown) => TrendingLink.parse(one)).find((one: Json) => one.url === url)
    }
    const [one, two] = [(await found()).actor.id, (await make.actor(test.ctx)).actor.id]
    await link({ actorId: one })
    await link({ actorId: one })
    for (const more of [{ visibility: 'unlisted' }, { visibility: 'followers' }, { isSensitive: true }] as const)
      await link({ actorId: two, ...more })
    await link({ actorId: two, publishedAt: new Date(test.clock.now().getTime() - 3 * DAY_MS) })
    expect(await trending()).toBeUndefined()
    await link({ actorId: two })
    expect((await trending()).history.map(({ uses, accounts }: Json) => `${uses} ${accounts}`)).toEqual([
      '3 2',
      '0 0',
      '0 0',
      '1 1',
      '0 0',
      '0 0',
      '0 0',
    ])
    expect((await visitor.get('/api/v1/trends/links?offset=1000')).body).toEqual([])
    expect((await visitor.get('/api/v1/trends/links?limit=x')).status).toBe(422)
  })

  it('has a timeline of those who agreed to be found', async () => {
    const { me, url, link } = await linked()
    const path = `/api/v1/timelines/link?url=${encodeURIComponent(url)}`
    // Nobody learns what is linked to in private, not even that it is known.
    expect((await me.client.get(path)).status).toBe(404)
    const [one, hidden, blocked] = [
      (await found()).actor.id,
      (await make.actor(test.ctx)).actor.id,
      (await found()).actor.id,
    ]
    const ids = [await link({ actorId: one }), await link({ actorId: one }), await link({ actorId: one })]
    await link({ actorId: hidden })
    await link({ actorId: one, visibility: 'unlisted' })
    const theirs = await link({ actorId: blocked })
    expect(idsOf(await visitor.get(path))).toEqual([theirs, ...ids.toReversed()])
    await me.client.post(`/api/v1/accounts/${blocked}/block`)
    const answer = await me.client.get(path)
    for (const status of answer.body) expect(Status.parse(status).card?.url).toBe(url)
    expect(idsOf(answer)).toEqual(ids.toReversed())
    expect(await walk(me.client, `${path}&limit=2`, ({ id }: Json) => id)).toEqual([[ids[2], ids[1]], [ids[0]]])
    expect(idsOf(await me.client.get(`${path}&min_id=${ids[0]}&limit=1`))).toEqual([ids[1]])
    expect(idsOf(await me.client.get(`${path}&since_id=${ids[1]}`))).toEqual([ids[2]])
    expect((await visitor.get('/api/v1/timelines/link?url=https://nowhere.example/')).status).toBe(404)
    expect((await visitor.get('/api/v1/timelines/link?url=no+address')).status).toBe(404)
    expect((await visitor.get('/api/v1/timelines/link')).status).toBe(422)
    const { headers } = await test.signIn(uniqueName('reader'), ['write'])
    expect((await createClient(test.app, headers).get(path)).status).toBe(403)
  })
})
