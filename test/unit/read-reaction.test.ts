import { describe, expect, it } from 'vitest'
import { readReaction } from '#federation/read/reaction.ts'

const icon = { type: 'Image', url: 'https://b.example/fox.png' }
const tag = [{ type: 'Emoji', name: ':fox:', icon }]

describe('the emoji of a Like or an EmojiReact', () => {
  it.each<[string, object, object | null]>([
    ['of a plain Like', { type: 'Like' }, null],
    ['of a Like with words', { type: 'Like', content: 'well said' }, null],
    ['of a Like with a digit', { type: 'Like', content: '1' }, null],
    ['of a Like', { type: 'Like', content: '👍' }, { isLike: true, emoji: '👍', pictureUrl: null }],
    ['in two parts', { type: 'EmojiReact', content: '👩‍🚒' }, { isLike: false, emoji: '👩‍🚒', pictureUrl: null }],
    ['of a flag', { type: 'EmojiReact', content: '🇫🇷' }, { isLike: false, emoji: '🇫🇷', pictureUrl: null }],
    ['in black', { type: 'EmojiReact', content: ' ❤ ' }, { isLike: false, emoji: '❤', pictureUrl: null }],
    ['without any', { type: 'EmojiReact' }, { isLike: false, emoji: null, pictureUrl: null }],
    ['of two', { type: 'EmojiReact', content: '👍👍' }, { isLike: false, emoji: null, pictureUrl: null }],
    [
      'with a picture',
      { type: 'EmojiReact', content: ':fox:', tag },
      { isLike: false, emoji: ':fox:', pictureUrl: icon.url },
    ],
    [
      'with a server, as Akkoma writes it',
      { type: 'EmojiReact', content: ':fox@c.example:', tag },
      { isLike: false, emoji: ':fox:', pictureUrl: icon.url },
    ],
    [
      'of Misskey',
      { type: 'Like', content: '❤', _misskey_reaction: ':fox:', tag },
      { isLike: true, emoji: ':fox:', pictureUrl: icon.url },
    ],
    [
      'with no picture of that name',
      { type: 'Like', content: ':cat:', tag },
      { isLike: true, emoji: ':cat:', pictureUrl: null },
    ],
    ['with markup', { type: 'Like', content: ':<b>:' }, null],
  ])('%s', (_name, json, reaction) => {
    expect(readReaction({ ...json })).toEqual(reaction)
  })
})
