import { describe, expect, it } from 'vitest'
import type { JsonObject } from '#federation/read/json.ts'
import { type ReadNote, readNote } from '#federation/read/note.ts'
import { within } from '../support/cpu-time.ts'

const now = new Date('2026-11-22T12:00:00Z')
const iri = 'https://a.example/notes/1'
const alice = 'https://a.example/users/alice'

function make(more: JsonObject): JsonObject {
  return { id: iri, type: 'Note', attributedTo: alice, content: '<p>Hello</p>', ...more }
}

function read(more: JsonObject): ReadNote {
  const note = readNote(make(more), now)
  if ('refused' in note) throw new Error(note.refused)
  return note
}

describe('a post', () => {
  it('needs an id, an author and no more', () => {
    const json = make({})
    expect(readNote(json, now)).toEqual({
      iri,
      type: 'Note',
      url: iri,
      attributedTo: alice,
      content: '<p>Hello</p>',
      language: null,
      spoilerText: '',
      isSensitive: false,
      title: '',
      publishedAt: now,
      updatedAt: null,
      inReplyTo: null,
      context: null,
      to: [],
      cc: [],
      attachments: [],
      mentions: [],
      offers: [],
      hashtags: [],
      emojis: [],
      quote: null,
      isLegacyQuote: false,
      quoteAuthorization: null,
      quoteAutomatic: [],
      quoteManual: [],
      replyPolicy: null,
      replyAuthorization: null,
      likePolicy: null,
      boostPolicy: null,
      isVote: false,
      likesCount: null,
      sharesCount: null,
      replies: null,
      raw: json,
    })
  })

  it.each([
    ['not-a-post', { type: 'Person' }],
    ['not-a-post', { type: 'Proposal' }],
    ['not-a-post', { type: 'Tombstone' }],
    ['no-id', { id: undefined }],
    ['no-id', { id: 'https://user:word@a.example/1' }],
    ['no-author', { attributedTo: undefined }],
    ['no-author', { attributedTo: 5 }],
    ['no-author', { attributedTo: {} }],
    ['several-authors', { attributedTo: [alice, 'https://b.example/bob'] }],
    [
      'several-authors',
      {
        attributedTo: [
          { type: 'Person', id: alice },
          { type: 'Person', id: 'https://b.example/bob' },
        ],
      },
    ],
  ])('is refused as %s with %j', (refused, more) => {
    expect(readNote(make(more), now)).toEqual({ refused })
  })

  it.each([
    [[alice]],
    [{ id: alice, type: 'Person' }],
    [
      [
        { type: 'Group', id: 'https://a.example/channel' },
        { type: 'Person', id: alice },
      ],
    ],
  ])('by %j is by one actor', (attributedTo) => {
    expect(read({ attributedTo }).attributedTo).toBe(alice)
  })

  it('may be a private message', () => {
    expect(read({ type: 'ChatMessage', summary: 'Hush' })).toMatchObject({
      content: '<p>Hello</p>',
      spoilerText: 'Hush',
    })
  })

  it('is never from the future', () => {
    expect(read({ published: '2030-01-01T00:00:00Z', updated: '2031-01-01T00:00:00Z' })).toMatchObject({
      publishedAt: now,
      updatedAt: now,
    })
  })

  it('is from now when it does not say when it is from', () => {
    for (const published of [undefined, 'soon', 5, '1', '1969-12-31T00:00:00Z'])
      expect(read({ published }).publishedAt).toBe(now)
  })

  it('keeps its own moments', () => {
    expect(read({ published: '2026-01-01T00:00:00Z', updated: '2026-01-02T00:00:00.5Z' })).toMatchObject({
      publishedAt: new Date('2026-01-01T00:00:00Z'),
      updatedAt: new Date('2026-01-02T00:00:00.500Z'),
    })
  })

  it('is shown at its id when its page is on another host', () => {
    expect(read({ url: 'https://b.example/x' }).url).toBe(iri)
    expect(read({ url: [{ type: 'Link', mediaType: 'text/html', href: 'https://a.example/@alice/1' }] }).url).toBe(
      'https://a.example/@alice/1',
    )
  })

  it('is a reply to one thing', () => {
    expect(read({ inReplyTo: [{ id: 'https://b.example/1' }, 'https://b.example/2'] }).inReplyTo).toBe(
      'https://b.example/1',
    )
    expect(read({ inReplyTo: 'tag:b.example,2020:1' }).inReplyTo).toBeNull()
  })

  it('counts what its collections say', () => {
    expect(
      read({ likes: { totalItems: 3 }, shares: { totalItems: -1 }, replies: { id: `${iri}/replies` } }),
    ).toMatchObject({
      likesCount: 3,
      sharesCount: null,
      replies: `${iri}/replies`,
    })
  })

  it.each([
    ['a map alone', { content: undefined, contentMap: { fr: '<p>Salut</p>' } }, '<p>Salut</p>', 'fr'],
    ['an empty text and a map', { content: '', contentMap: { fr: '<p>Salut</p>' } }, '<p>Salut</p>', 'fr'],
    ['a map of two', { content: 'b', contentMap: { fr: 'a', en: 'b' } }, 'b', 'en'],
    ['a map of another text', { content: 'c', contentMap: { fr: 'a', en: 'b' } }, 'c', 'fr'],
    ['nothing', { content: null, contentMap: { en: null } }, '', 'en'],
    ['a language', { content: 'a', language: 'pt-BR' }, 'a', 'pt-BR'],
    ['a language as an object', { content: 'a', language: { identifier: 'de', name: 'Deutsch' } }, 'a', 'de'],
    ['an undefined language', { content: 'a', contentMap: { und: 'a' } }, 'a', null],
    ['no language', { content: 'a', contentMap: { '@none': 'a' }, language: 'not a language' }, 'a', null],
    ['a number', { content: 5 }, '', null],
    ['Markdown', { content: '**a** <b>\n\nc', mediaType: 'text/markdown' }, '<p>**a** &lt;b&gt;</p><p>c</p>', null],
    [
      'attacks',
      { content: '<p>x<script>alert(1)</script><a href="javascript:y">z</a></p>' },
      '<p>x<span>z</span></p>',
      null,
    ],
  ])('with %s has its text and language', (_name, more, content, language) => {
    expect(read(more)).toMatchObject({ content, language })
  })

  it('warns in plain text', () => {
    expect(read({ summary: '<b>Spiders</b> &amp; snakes' })).toMatchObject({
      spoilerText: 'Spiders & snakes',
      isSensitive: true,
    })
    for (const written of ['Rust: Vec<u8> vs &str', 'a < b & c > d', 'Option<T>', '<3']) {
      expect(read({ summary: written }).spoilerText).toBe(written)
    }
    expect(read({ summary: 'Q &amp; A <script>alert(1)</script>' }).spoilerText).toBe('Q & A')
    expect(read({ summary: null, sensitive: true })).toMatchObject({ spoilerText: '', isSensitive: true })
    expect(read({ summary: '', sensitive: 'yes' })).toMatchObject({ spoilerText: '', isSensitive: false })
  })

  it('names people, subjects and small pictures, each once', () => {
    const note = read({
      tag: [
        { type: 'Mention', href: 'https://b.example/users/bob', name: '@bob@b.example' },
        { type: 'Mention', href: 'https://b.example/users/bob', name: '@bob' },
        { type: 'Mention', href: 'javascript:x', name: '@evil' },
        { type: 'Mention', href: 'https://c.example/carol' },
        { type: 'Hashtag', name: '#Été', href: 'https://a.example/tags/ete' },
        { type: 'Hashtag', name: 'été' },
        { type: 'Hashtag', name: '#a b' },
        { type: 'Hashtag', name: `#${'x'.repeat(200)}` },
        { type: ['Emoji'], name: ':blob_cat:', icon: { type: 'Image', url: 'https://m.example/b.png' } },
        { type: 'Emoji', name: ':"><script>:', icon: { url: 'https://m.example/x.png' } },
        { type: 'Emoji', name: ':nopicture:' },
        { type: 'Link', href: 'https://x.example' },
        'https://x.example',
        null,
        5,
      ],
    })
    expect(note.mentions).toEqual([
      { iri: 'https://b.example/users/bob', name: '@bob@b.example' },
      { iri: 'https://c.example/carol', name: '' },
    ])
    expect(note.hashtags).toEqual([{ name: 'Été', href: 'https://a.example/tags/ete' }])
    expect(note.emojis).toEqual([{ shortcode: 'blob_cat', url: 'https://m.example/b.png' }])
  })

  it('may have one tag that is not in a list', () => {
    expect(read({ tag: { type: 'Hashtag', name: '#a' } }).hashtags).toEqual([{ name: 'a', href: null }])
  })
})

describe('a choice in a poll', () => {
  const vote = { content: undefined, name: 'blue', inReplyTo: 'https://b.example/polls/1' }

  it('is a note with a name, a poll and nothing else', () => {
    expect(read(vote)).toMatchObject({ isVote: true, title: 'blue', inReplyTo: 'https://b.example/polls/1' })
    expect(read({ ...vote, content: null, contentMap: {} }).isVote).toBe(true)
  })

  it.each([
    ['text', { content: '<p>x</p>' }],
    ['a picture', { attachment: [{ type: 'Image', url: 'https://m.example/1.png' }] }],
    ['no name', { name: undefined }],
    ['no poll', { inReplyTo: undefined }],
    ['another type', { type: 'Article' }],
  ])('is none with %s', (_name, more) => {
    expect(read({ ...vote, ...more }).isVote).toBe(false)
  })
})

describe('what is no note', () => {
  it.each(['Article', 'Page', 'Event'])('has its title first: %s', (type) => {
    expect(read({ type, name: 'A <b> title' }).content).toMatch(
      /^<p><strong>A &lt;b&gt; title<\/strong><\/p><p>Hello<\/p>/,
    )
  })

  it('has an excerpt that is no warning', () => {
    expect(read({ type: 'Article', summary: '<p>Hello</p>' })).toMatchObject({ spoilerText: '', isSensitive: false })
    expect(read({ type: 'Article', summary: 'Blood', sensitive: true }).spoilerText).toBe('Blood')
  })

  it('links what it is about', () => {
    const { content, attachments } = read({
      type: 'Page',
      name: 'x',
      attachment: [{ type: 'Link', href: 'https://c.example/article' }],
    })
    expect(content).toContain('href="https://c.example/article"')
    expect(attachments).toEqual([])
  })

  it('shows its file, or a preview of it, and links its page', () => {
    const url = [
      { type: 'Link', mediaType: 'text/html', href: 'https://a.example/watch/1' },
      { type: 'Link', mediaType: 'video/mp4', href: 'https://m.example/1.mp4', width: 640, height: 360 },
    ]
    const video = read({ type: 'Video', name: 'A film', url })
    expect(video).toMatchObject({ url: 'https://a.example/watch/1', title: 'A film' })
    expect(video.content).toContain('href="https://a.example/watch/1"')
    expect(video.attachments).toMatchObject([
      { url: 'https://m.example/1.mp4', kind: 'video', width: 640, description: 'A film' },
    ])
    const icon = [
      { type: 'Image', url: 'https://m.example/s.jpg', width: 280 },
      { type: 'Image', url: 'https://m.example/l.jpg', width: 850 },
    ]
    expect(read({ type: 'Video', name: 'A film', url: url.slice(0, 1), icon }).attachments).toMatchObject([
      { url: 'https://m.example/l.jpg', kind: 'image', description: 'A film' },
    ])
  })

  it('may be a picture itself', () => {
    expect(read({ type: 'Image', name: 'Sunset', content: undefined, url: 'https://a.example/1.jpg' })).toMatchObject({
      content: '<p><strong>Sunset</strong></p>',
      attachments: [{ url: 'https://a.example/1.jpg', kind: 'image' }],
    })
  })
})

it('a post of a megabyte of everything is read in less than a second (row 83)', () => {
  within(1_000, () =>
    read({
      content: '<a '.repeat(350_000),
      summary: '<b>'.repeat(300_000),
      name: 'x'.repeat(1_000_000),
      to: Array.from({ length: 20_000 }, (_, index) => `https://b.example/${index}`),
      tag: Array(20_000).fill({ type: 'Hashtag', name: '#a' }),
      attachment: Array(20_000).fill({ type: 'Link', href: 'https://c.example/x' }),
      url: Array(20_000).fill({ type: 'Link', href: 'https://c.example/x' }),
    }),
  )
})
