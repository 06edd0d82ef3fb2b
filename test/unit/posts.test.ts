import { describe, expect, it } from 'vitest'
import { toOnlooker } from '#src/features/posts/entity.ts'
import { foldHashtag, toHashtags } from '#src/features/posts/hashtags.ts'
import { checkText, mayBoost, narrower, postLimits, requirePublisher } from '#src/features/posts/policy.ts'
import type { Post } from '#src/features/posts/queries.ts'
import { toPictures, toRecipients } from '#src/features/posts/receive.ts'
import type { MemberRole } from '#src/features/teams/policy.ts'

describe('hashtags', () => {
  it.each([
    ['Élan', 'elan'],
    ['ÉLAN', 'elan'],
    ['e\u0301lan', 'elan'],
    ['cœur', 'coeur'],
    ['Straße', 'strasse'],
    ['Łódź', 'lodz'],
    ['ＡＢＣ', 'abc'],
    ['日本', '日本'],
  ])('finds #%s as %s', (label, name) => expect(foldHashtag(label)).toBe(name))

  it('keeps marks that make another letter: й is not и, and vowels of Devanagari stay', () => {
    expect(foldHashtag('Йога')).toBe('йога')
    expect(foldHashtag('हिन्दी')).toBe('हिन्दी')
  })

  it('counts two spellings once, under the first', () => {
    expect(toHashtags(['Été', 'ete', 'Hiver'])).toEqual([
      { name: 'ete', label: 'Été' },
      { name: 'hiver', label: 'Hiver' },
    ])
  })
})

describe('what a post may say', () => {
  const post = (values: Partial<Parameters<typeof checkText>[0]>) => () =>
    checkText({ text: '', spoilerText: '', pictures: 0, ...values })

  it('is a text, or pictures, or both', () => {
    expect(post({ text: 'a' })).not.toThrow()
    expect(post({ pictures: 1 })).not.toThrow()
    expect(post({ text: ' \n ' })).toThrow("Text can't be blank")
    expect(post({ spoilerText: 'only a warning' })).toThrow("Text can't be blank")
  })

  it('is as long as the limit, the warning counted in', () => {
    const text = 'é'.repeat(postLimits.characters)
    expect(post({ text })).not.toThrow()
    expect(post({ text, spoilerText: '!' })).toThrow('limit of 5000')
  })

  it('counts what people see: one family is one character, one link is 23', () => {
    expect(post({ text: '👨‍👩‍👧‍👦'.repeat(4_000) })).not.toThrow()
    expect(post({ text: `https://example.org/${'a'.repeat(9_000)}` })).not.toThrow()
  })

  it('is bounded however its characters are made (row 83)', () => {
    expect(post({ text: `a${'\u0301'.repeat(60_000)}` })).toThrow('limit of 5000')
  })

  it('shows ten pictures at the most', () => {
    expect(post({ pictures: 10 })).not.toThrow()
    expect(post({ pictures: 11 })).toThrow('10 at the most')
  })
})

describe('visibility', () => {
  it('takes the narrower of two', () => {
    expect(narrower('public', 'followers')).toBe('followers')
    expect(narrower('direct', 'unlisted')).toBe('direct')
    expect(narrower('public', 'public')).toBe('public')
  })

  it.each([
    ['public', 'somebody', true],
    ['unlisted', 'somebody', true],
    ['followers', 'somebody', false],
    ['followers', 'author', true],
    ['direct', 'author', false],
  ] as const)('of a %s post allows a boost by %s: %s', (visibility, who, expected) => {
    expect(mayBoost(who, { actorId: 'author', visibility } as Post)).toBe(expected)
  })

  it('makes addresses of pictures for everybody only where everybody may see the post', () => {
    expect(toOnlooker('public', '1')).toBe('everybody')
    expect(toOnlooker('unlisted', null)).toBe('everybody')
    expect(toOnlooker('followers', '1')).toEqual({ actorId: '1' })
    expect(toOnlooker('direct', '1')).toEqual({ actorId: '1' })
  })
})

describe('roles', () => {
  const viewer = (role: MemberRole) => ({ userId: '1', actorId: '2', role, scopes: [], appId: null })
  it.each([
    ['owner', true, true],
    ['admin', true, true],
    ['publisher', true, true],
    ['responder', false, true],
    ['contributor', false, false],
    ['analyst', false, false],
    ['moderator', false, false],
  ] as const)('%s publishes: %s, answers: %s', (role, publishes, answers) => {
    const allowed = (isReply: boolean) => {
      try {
        requirePublisher(viewer(role), isReply)
        return true
      } catch {
        return false
      }
    }
    expect(allowed(false)).toBe(publishes)
    expect(allowed(true)).toBe(answers)
  })
})

describe('what another server sends', () => {
  it('names mentioned people first, and everybody once', () => {
    const input = { mentionIds: ['3', '1'], recipientIds: ['1', '2', '3'] } as unknown as Parameters<
      typeof toRecipients
    >[0]
    expect(toRecipients(input)).toEqual([
      { actorId: '3', isMention: true },
      { actorId: '1', isMention: true },
      { actorId: '2', isMention: false },
    ])
  })

  it('gives each picture an address of its own that nobody can guess', () => {
    const picture = { remoteUrl: 'https://there.example/1.jpg' } as Parameters<typeof toPictures>[0][number]
    const [first, second] = toPictures([picture, picture])
    expect(first?.key).toMatch(/^[0-9a-f]{32}$/)
    expect(first?.key).not.toBe(second?.key)
    expect([first?.position, second?.position]).toEqual([0, 1])
  })
})
