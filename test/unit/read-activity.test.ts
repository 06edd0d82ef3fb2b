import { describe, expect, it } from 'vitest'
import { type Activity, readActivity } from '#federation/read/activity.ts'
import type { JsonObject } from '#federation/read/json.ts'

const publicIri = 'https://www.w3.org/ns/activitystreams#Public'
const alice = 'https://a.example/users/alice'
const bob = 'https://b.example/users/bob'
const note = 'https://a.example/notes/1'

function make(more: JsonObject): JsonObject {
  return { id: 'https://a.example/activities/1', type: 'Follow', actor: alice, object: bob, ...more }
}

function read(more: JsonObject): Activity {
  const activity = readActivity(make(more))
  if ('refused' in activity || 'ignored' in activity) throw new Error(JSON.stringify(activity))
  return activity
}

describe('an activity', () => {
  it('is read by its names', () => {
    const json = make({ to: [bob], published: '2026-11-22T10:00:00Z' })
    expect(readActivity(json)).toEqual({
      id: 'https://a.example/activities/1',
      type: 'Follow',
      actor: alice,
      object: { id: bob, embedded: null },
      objects: [bob],
      inner: null,
      target: null,
      instrument: null,
      result: null,
      to: [bob],
      cc: [],
      published: new Date('2026-11-22T10:00:00Z'),
      content: null,
      raw: json,
    })
  })

  it.each(['Block', 'Create', 'Delete', 'Follow', 'Like', 'Update', 'Announce', 'Accept', 'Reject', 'Undo', 'Flag'])(
    'of type %s is one that we handle',
    (type) => {
      expect(read({ type }).type).toBe(type)
    },
  )

  it.each([
    [['Follow'], 'Follow'],
    [['https://x.example/ns#Ask', 'Follow'], 'Follow'],
    ['as:Follow', 'Follow'],
    ['https://www.w3.org/ns/activitystreams#Follow', 'Follow'],
    ['EmojiReact', 'Like'],
  ])('of type %j is a %s', (type, expected) => {
    expect(read({ type }).type).toBe(expected)
  })

  it.each(['Dislike', 'View', 'Bite', 'Listen', 'Travel', 'Arrive', 'TentativeAccept', 'Note', 'constructor'])(
    'of type %s is ignored',
    (type) => {
      expect(readActivity(make({ type }))).toEqual({ ignored: type })
    },
  )

  it.each([undefined, null, 5, {}, []])('of type %j is ignored', (type) => {
    expect(readActivity(make({ type }))).toEqual({ ignored: 'no-type' })
  })

  it('takes ids from objects', () => {
    const activity = read({ actor: { id: alice, type: 'Person' }, object: { id: bob, name: 'Bob' } })
    expect(activity.actor).toBe(alice)
    expect(activity.object).toEqual({ id: bob, embedded: { id: bob, name: 'Bob' } })
  })

  it('may have its object in a list of one', () => {
    expect(read({ object: [bob] }).object.id).toBe(bob)
  })

  it('keeps the emoji of a reaction, the reason of a report, and a word with a request as text', () => {
    expect(read({ type: 'EmojiReact', object: note, content: '🦊' }).content).toBe('🦊')
    expect(read({ type: 'Flag', object: [note], content: '<p>spam &amp; lies</p>' }).content).toBe('spam & lies')
    expect(read({ type: 'Flag', object: note, summary: 'spam' }).content).toBe('spam')
    expect(read({ summary: 'spam' }).content).toBeNull()
    expect(read({ content: 'x'.repeat(9000) }).content).toHaveLength(5000)
  })

  it('names all that a report is about, without ends (item 22)', () => {
    const objects = Array.from({ length: 200 }, (_, index) => `https://a.example/notes/${index}`)
    expect(read({ type: 'Flag', object: [bob, { id: note }, 5, null] }).objects).toEqual([bob, note])
    expect(read({ type: 'Flag', object: objects }).objects).toHaveLength(100)
    expect(read({ type: 'Flag', object: bob }).objects).toEqual([bob])
  })

  it('has a target where it needs one', () => {
    expect(read({ type: 'Move', target: { id: bob } }).target).toBe(bob)
    expect(readActivity(make({ type: 'Move' }))).toEqual({ refused: 'no-target' })
    expect(readActivity(make({ type: 'Add', target: [alice, bob] }))).toEqual({ refused: 'no-target' })
  })

  it('has no moment when it says none that can be read', () => {
    for (const published of ['yesterday', '2026', 5, '2026-13-45T99:00:00Z', '0001-01-01T00:00:00Z', null]) {
      expect(read({ published }).published).toBeNull()
    }
    expect(read({ published: '2026-11-22T11:00:00.123456+01:00' }).published).toEqual(
      new Date('2026-11-22T10:00:00.123Z'),
    )
  })
})

describe('an activity is refused', () => {
  it.each([
    ['no-id', { id: undefined }],
    ['no-id', { id: 5 }],
    ['no-id', { id: 'urn:uuid:1' }],
    ['no-id', { id: 'https://user@a.example/1' }],
    ['no-id', { id: 'https://a.example\\@b.example/1' }],
    ['no-id', { id: 'https://a.example/1 2' }],
    ['no-id', { id: 'javascript:alert(1)' }],
    ['no-id', { id: `https://a.example/${'x'.repeat(3000)}` }],
    ['no-actor', { actor: undefined }],
    ['no-actor', { actor: {} }],
    ['no-actor', { actor: { id: 7 } }],
    ['several-actors', { actor: [alice, bob] }],
    ['several-actors', { actor: [alice] }],
    ['no-object', { object: undefined }],
    ['no-object', { object: null }],
    ['no-object', { object: 5 }],
    ['no-object', { object: [] }],
    ['no-object', { type: 'Flag', object: [5, {}] }],
    ['several-objects', { object: [alice, bob] }],
    ['object-without-id', { type: 'Create', object: { type: 'Note', content: 'x' } }],
    ['object-without-id', { type: 'Like', object: { id: 5 } }],
  ])('as %s with %j', (refused, more) => {
    expect(readActivity(make(more))).toEqual({ refused })
  })
})

describe('addresses', () => {
  it.each([
    [publicIri, [publicIri]],
    ['as:Public', [publicIri]],
    ['Public', [publicIri]],
    [['as:Public', 'Public', publicIri], [publicIri]],
    [{ id: 'as:Public' }, [publicIri]],
    [bob, [bob]],
    [{ id: bob, type: 'Person' }, [bob]],
    [[bob, 2, null, true, {}, [bob], 'urn:x', bob], [bob]],
    [
      [bob, 'as:Public'],
      [publicIri, bob],
    ],
    [undefined, []],
    [null, []],
    [7, []],
  ])('%j are %j', (to, expected) => {
    expect(read({ to }).to).toEqual(expected)
    expect(read({ cc: to }).cc).toEqual(expected)
  })

  it('have an end, and everybody is never beyond it', () => {
    const to = Array.from({ length: 5000 }, (_, index) => `https://b.example/${index}`)
    expect(read({ to }).to).toHaveLength(1000)
    expect(read({ to: [...to, 'as:Public'] }).to[0]).toBe(publicIri)
  })
})

describe('the activity inside another', () => {
  const follow = { id: 'https://b.example/follows/1', type: 'Follow', actor: bob, object: alice }

  it.each(['Accept', 'Reject', 'Undo'])('of %s is read when it was sent along', (type) => {
    expect(read({ type, object: follow }).inner).toEqual({
      id: follow.id,
      type: 'Follow',
      actor: bob,
      object: alice,
      instrument: null,
    })
  })

  it('is known by its id alone when it was not', () => {
    expect(read({ type: 'Accept', object: follow.id }).inner).toEqual({
      id: follow.id,
      type: null,
      actor: null,
      object: null,
      instrument: null,
    })
  })

  it('takes ids from actors and objects in full', () => {
    const inner = { ...follow, type: ['EmojiReact'], actor: { id: bob, type: 'Person' }, object: [{ id: alice }] }
    expect(read({ type: 'Undo', object: inner }).inner).toEqual({
      id: follow.id,
      type: 'Like',
      actor: bob,
      object: alice,
      instrument: null,
      reactsWith: null,
    })
  })

  it('need not have an id', () => {
    const { id: _, ...anonymous } = follow
    const activity = read({ type: 'Undo', object: anonymous })
    expect(activity.inner).toEqual({ id: null, type: 'Follow', actor: bob, object: alice, instrument: null })
    expect(activity.objects).toEqual([])
  })

  it('has no actor and no object when it names several', () => {
    const inner = { ...follow, actor: [bob, alice], object: [alice, bob] }
    expect(read({ type: 'Undo', object: inner }).inner).toEqual({
      id: follow.id,
      type: 'Follow',
      actor: null,
      object: null,
      instrument: null,
    })
  })

  it('may be one that we do not handle', () => {
    expect(read({ type: 'Undo', object: { ...follow, type: 'Dislike' } }).inner?.type).toBe('Dislike')
  })

  it('of an answer to a question about a quote has its instrument, and the answer its stamp', () => {
    const question = { ...follow, type: 'QuoteRequest', instrument: { id: note } }
    const stamp = 'https://a.example/stamps/1'
    expect(read({ type: 'Accept', object: question, result: { id: stamp } })).toMatchObject({
      inner: { type: 'QuoteRequest', object: alice, instrument: note },
      result: stamp,
    })
    expect(read({ type: 'Accept', object: question, result: [stamp, stamp] }).result).toBeNull()
    expect(read({ type: 'QuoteRequest', instrument: [note] }).instrument).toBeNull()
  })

  it('is none for other activities', () => {
    expect(read({ type: 'Announce', object: { ...follow } }).inner).toBeNull()
  })
})
