import { describe, expect, it } from 'vitest'
import { readAttachments } from '#federation/read/attachments.ts'

function attached(...attachment: unknown[]) {
  return readAttachments({ attachment })
}

describe('an attached file', () => {
  const image = { type: 'Image', mediaType: 'image/jpeg', url: 'https://m.example/1.jpg' }

  it('is read whole', () => {
    const blurhash = 'UBL_:rOpGG-oBUNG,qRj2so|=eE1w^n4S5NH'
    const details = { width: 1600, height: 1200, blurhash, focalPoint: [-0.1, 0.32], name: ' A box\u202e ' }
    expect(attached({ ...image, ...details })).toEqual([
      {
        url: 'https://m.example/1.jpg',
        mediaType: 'image/jpeg',
        kind: 'image',
        description: 'A box',
        width: 1600,
        height: 1200,
        blurhash,
        focus: { x: -0.1, y: 0.32 },
      },
    ])
  })

  it.each([
    ['summary alone', { summary: 'a' }, 'a'],
    ['summary before name', { summary: 'a', name: 'b' }, 'a'],
    ['name', { name: 'b' }, 'b'],
    ['name when the summary is empty', { summary: '', name: 'b' }, 'b'],
    ['a map of names', { nameMap: { fr: 'c' } }, 'c'],
    ['nothing', {}, null],
    ['a number', { name: 5 }, null],
  ])('is described by %s', (_name, more, description) => {
    expect(attached({ ...image, ...more })[0]?.description).toBe(description)
  })

  it.each([
    ['a Link', { type: 'Link', href: 'https://m.example/1.jpg', mediaType: 'image/jpeg' }, 'image'],
    ['a Link without a media type', { type: 'Link', href: 'https://m.example/1.PNG?x=1' }, 'image'],
    ['an Image without a media type', { type: 'Image', url: 'https://m.example/1' }, 'image'],
    [
      'a list of Links',
      { type: 'Image', url: [{ type: 'Link', href: 'https://m.example/1', mediaType: 'image/png' }] },
      'image',
    ],
    ['a Link as the address', { type: 'Document', url: { href: 'https://m.example/1.webm' } }, 'video'],
    ['a Document', { type: 'Document', mediaType: 'audio/ogg; codecs=opus', url: 'https://m.example/1' }, 'audio'],
    [
      'a Document of a kind nobody shows',
      { type: 'Document', mediaType: 'application/pdf', url: 'https://m.example/1' },
      'unknown',
    ],
    ['bytes', { type: 'Video', mediaType: 'application/octet-stream', url: 'https://m.example/1' }, 'video'],
  ])('may be %s', (_name, item, kind) => {
    expect(attached(item)).toMatchObject([{ kind }])
  })

  it.each([
    ['a line of a profile', { type: 'PropertyValue', name: 'a', value: 'b' }],
    ['a page', { type: 'Link', href: 'https://c.example/article' }],
    ['a page that says so', { type: 'Link', href: 'https://c.example/1.png', mediaType: 'text/html' }],
    ['a note', { type: 'Note', content: 'x' }],
    ['without an address', { type: 'Image' }],
    ['with an address of another kind', { type: 'Image', url: 'data:image/png;base64,AA' }],
    ['a string', 'https://m.example/1.jpg'],
    ['nothing', null],
  ])('is none: %s', (_name, item) => {
    expect(attached(item)).toEqual([])
  })

  it.each([
    ['too long', `U${'0'.repeat(9000)}`],
    ['shorter than it says', 'UBL_:rOpGG-oBUNG'],
    ['with a foreign character', 'UBL_:rOpGG-oBUNG,qRj2so|=eE1w^n4S5N<'],
    ['a number', 5],
  ])('has no blurhash that is %s', (_name, blurhash) => {
    expect(attached({ ...image, blurhash })[0]?.blurhash).toBeNull()
  })

  it.each([[[2, 0]], [[0]], [[0, 0, 0]], [['0', '0']], [[Number.NaN, 0]], ['0,0'], [null]])(
    'has no focus at %j',
    (focalPoint) => {
      expect(attached({ ...image, focalPoint })[0]?.focus).toBeNull()
    },
  )

  it.each([0, -1, 1.5, 1e9, '640', null])('has no width of %j', (width) => {
    expect(attached({ ...image, width })[0]?.width).toBeNull()
  })

  it('is one of sixteen at most', () => {
    expect(attached(...Array(100).fill(image))).toHaveLength(16)
  })
})
