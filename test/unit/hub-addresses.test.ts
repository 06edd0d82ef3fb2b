import { describe, expect, it } from 'vitest'
import { groupsOf, titleOf, toGroupAddresses, toGroupWords } from '#federation/hub-addresses.ts'
import { claimOf } from '#federation/hub-scope.ts'
import type { Publication, Recipient } from '#src/features/posts/publication-queries.ts'
import { PUBLIC } from '#test/support/stranger.ts'

const iri = 'https://there.example/c/hub'
const recipient = (more: Partial<Recipient> = {}): Recipient => ({
  actorId: '1',
  isMention: true,
  handle: 'hub',
  host: 'there.example',
  iri,
  url: null,
  isGroup: true,
  followersIri: `${iri}/followers`,
  ...more,
})
const person = recipient({ actorId: '2', handle: 'ann', iri: 'https://there.example/u/ann', isGroup: false })
const other = recipient({ actorId: '3', handle: 'other', iri: 'https://there.example/c/other' })

const publication = (
  content: string,
  post: Partial<Publication['post']> = {},
  recipients: readonly Recipient[] = [recipient()],
) => {
  const usual = { content, spoilerText: '', visibility: 'public', inReplyToId: null, inReplyToIri: null }
  return { post: { ...usual, ...post }, recipients } as unknown as Publication
}

const mention = '<a href="https://there.example/c/hub" class="u-url mention">@<span>hub</span></a>'
const iriOf = (one: Recipient) => one.iri ?? ''
const followersOf = (one: Recipient) => (one.followersIri ? [one.followersIri] : [])

describe('the title of a post for a group', () => {
  it.each([
    [`<p>${mention} Which one?</p><p>We ask.</p>`, 'Which one?'],
    [`<p>${mention}</p><p>Which one?<br>Or none?</p>`, 'Which one?'],
    ['<p>@Hub@There.example: which one?</p>', 'which one?'],
    ['<p>Which one, @ann? @hub</p>', 'Which one, @ann?'],
    [`<p>${mention}</p>`, ''],
    ['', ''],
    [`<p>${'long words '.repeat(20)}</p>`, `${'long words '.repeat(7).trim()}…`],
    [`<p>${'é'.repeat(200)}</p>`, `${'é'.repeat(79)}…`],
  ])('is its first line without the name of the group: %s (item 35)', (content, title) => {
    expect(titleOf(publication(content))).toBe(title)
    expect([...title].length).toBeLessThanOrEqual(80)
  })

  it('is its warning, if it has one: nothing of what is behind it is told (item 35)', () => {
    expect(titleOf(publication('<p>The end of the film</p>', { spoilerText: 'About a film' }))).toBe('About a film')
  })
})

describe('what a post says of its group', () => {
  it('is one group, and a title only when it begins a conversation (item 35)', () => {
    const topic = publication('<p>Hello</p>', {}, [person, other, recipient()])
    expect(toGroupWords(topic, iriOf)).toEqual({ audience: other.iri, name: 'Hello' })
    const answered = [person, other, recipient({ isMention: false })]
    expect(toGroupWords(publication('<p>Hello</p>', { inReplyToId: '5' }, answered), iriOf)).toEqual({ audience: iri })
    expect(toGroupWords(publication('<p>Hello</p>', {}, [person]), iriOf)).toEqual({})
  })

  it('is nothing where the post is for followers (item 35)', () => {
    const post = publication('<p>Hello</p>', { visibility: 'followers' })
    expect([toGroupWords(post, iriOf), groupsOf(post)]).toEqual([{}, []])
  })

  it('is for its members where it is said to the group directly (item 36)', () => {
    const post = publication('<p>Hello</p>', { visibility: 'direct' })
    expect(toGroupWords(post, iriOf)).toEqual({ audience: iri, name: 'Hello' })
    const addresses = toGroupAddresses({ to: [iri], cc: [] }, post, { iriOf, followersOf })
    expect(addresses).toEqual({ to: [iri, `${iri}/followers`], cc: [] })
  })

  it('puts the group before everybody else in a topic, and leaves answers as they are (item 35)', () => {
    const addresses = { to: [PUBLIC], cc: ['https://here.example/f', iri, iriOf(person)] }
    const topic = publication('<p>Hello</p>', {}, [recipient(), person])
    expect(toGroupAddresses(addresses, topic, { iriOf, followersOf })).toEqual({
      to: [iri, PUBLIC],
      cc: ['https://here.example/f', iriOf(person)],
    })
    const answer = publication('', { inReplyToIri: 'https://x.example/1' })
    expect(toGroupAddresses(addresses, answer, { iriOf, followersOf })).toEqual(addresses)
  })
})

describe('what a document says of the group to which it belongs', () => {
  it.each([
    [{ audience: iri }, 'this'],
    [{ audience: ['https://x.example/c/1', iri] }, 'this'],
    [{ audience: { type: 'Group', id: iri } }, 'this'],
    [{ audience: 'https://x.example/c/1', to: [iri] }, 'another'],
    [{ audience: PUBLIC, to: iri }, 'this'],
    [{ audience: 'as:Public' }, 'none'],
    [{ cc: [iri] }, 'this'],
    [
      {
        attributedTo: [
          { type: 'Person', id: iriOf(person) },
          { type: 'Group', id: iri },
        ],
      },
      'this',
    ],
    [{ to: [PUBLIC], cc: [`${iri}/followers`] }, 'none'],
    [{ audience: null, to: [5, null], cc: {} }, 'none'],
    [{}, 'none'],
  ])('%j is %s (item 35)', (document, claim) => {
    expect(claimOf(document, iri)).toBe(claim)
  })
})
