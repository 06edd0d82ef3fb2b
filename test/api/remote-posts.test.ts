import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { actors } from '#src/db/schema/actors.ts'
import { posts } from '#src/db/schema/posts.ts'
import type { Actor } from '#src/features/actors/queries.ts'
import { loadStatuses } from '#src/features/posts/entity.ts'
import { listPictures, listRecipients } from '#src/features/posts/publication-queries.ts'
import { findPost } from '#src/features/posts/queries.ts'
import { type RemotePostInput, receivePost } from '#src/features/posts/receive.ts'
import { receiveBoost, receiveBoostUndone } from '#src/features/posts/receive-boosts.ts'
import { receivePostDeleted, receivePostEdit } from '#src/features/posts/receive-changes.ts'
import { listEdits } from '#src/features/posts/write-queries.ts'
import { receiveReaction } from '#src/features/reactions/emoji.ts'
import { receiveLike, receiveLikeUndone } from '#src/features/reactions/service.ts'
import { AnonymousStatus } from '#test/contract/schemas.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { DAY_MS } from '#test/support/clock.ts'
import { make, uniqueName } from '#test/support/make.ts'

let test: TestApp
beforeAll(async () => {
  test = await createTestApp()
})
afterAll(() => test.close())

const newIri = () => `https://there.example/notes/${uniqueName('n')}`

function postBy(author: { id: string }, values: Partial<RemotePostInput> = {}): RemotePostInput {
  return {
    iri: newIri(),
    actorId: author.id,
    url: 'https://there.example/@bob/1',
    visibility: 'public',
    content: '<p>from there</p>',
    spoilerText: '',
    isSensitive: false,
    language: 'en',
    inReplyToIri: null,
    context: null,
    publishedAt: test.clock.now(),
    editedAt: null,
    recipientIds: [],
    mentionIds: [],
    hashtags: [],
    attachments: [],
    poll: null,
    emojis: [],
    ...{ quote: null, quoteAutomatic: [], quoteManual: [] },
    raw: { type: 'Note' },
    ...values,
  }
}

const picture = (remoteUrl: string, values = {}) => ({
  remoteUrl,
  mime: 'image/jpeg',
  kind: 'image',
  description: null,
  width: 800,
  height: 600,
  blurhash: null,
  focusX: null,
  focusY: null,
  ...values,
})

async function received(input: RemotePostInput): Promise<string> {
  const { id } = await receivePost(test.ctx, input)
  if (!id) throw new Error('the post was refused')
  return id
}

const effectsOf = (type: string, postId: string) =>
  test.ctx.db.$client`select is_local from effects where type = ${type} and payload ->> 'postId' = ${postId}`

describe('a remote post', () => {
  it('is stored once, however often it comes and at once', async () => {
    const author = await make.remoteActor(test.ctx)
    const input = postBy(author)
    const receipts = await Promise.all(Array.from({ length: 6 }, () => receivePost(test.ctx, input)))
    expect(receipts.map(({ outcome }) => outcome).sort()).toEqual([...Array(5).fill('already'), 'created'])
    expect(new Set(receipts.map(({ id }) => id)).size).toBe(1)
    const effects = await effectsOf('post.created', receipts[0]?.id ?? '')
    expect(effects).toEqual([{ is_local: false }])
  })

  it('is shown with everything that came with it', async () => {
    const author = await make.remoteActor(test.ctx)
    const { actor } = await make.actor(test.ctx)
    const input = postBy(author, {
      mentionIds: [actor.id],
      recipientIds: [actor.id, author.id],
      hashtags: ['Élan', 'elan'],
      attachments: [picture('https://there.example/1.jpg', { description: 'a box', focusX: 0.5, focusY: 0 })],
      emojis: [{ shortcode: 'box', url: 'https://there.example/box.png' }],
    })
    const id = await received(input)
    const [status] = await loadStatuses(test.ctx, null, [id])
    expect(AnonymousStatus.parse(status)).toMatchObject({
      uri: input.iri,
      url: input.url,
      tags: [{ name: 'Élan' }],
      mentions: [{ id: actor.id }],
      emojis: [{ shortcode: 'box' }],
      media_attachments: [
        { description: 'a box', remote_url: 'https://there.example/1.jpg', meta: { focus: { x: 0.5, y: 0 } } },
      ],
    })
    expect(await listRecipients(test.ctx.db, id)).toMatchObject([
      { actorId: actor.id, isMention: true },
      { actorId: author.id, isMention: false },
    ])
  })

  it('keeps its place in time, but never in the future nor before there was a fediverse', async () => {
    const author = await make.remoteActor(test.ctx)
    const at = (ms: number) => received(postBy(author, { publishedAt: new Date(ms) }))
    const now = test.clock.now().getTime()
    const [old, early, future, ancient] = [
      await at(now - DAY_MS),
      await at(now - 2 * DAY_MS),
      await at(now + DAY_MS),
      await at(-1e15),
    ]
    expect(BigInt(early) < BigInt(old) && BigInt(old) < BigInt(future)).toBe(true)
    expect((await findPost(test.ctx.db, future))?.publishedAt).toEqual(test.clock.now())
    expect((await findPost(test.ctx.db, ancient))?.publishedAt.getUTCFullYear()).toBe(2000)
  })

  it('is refused under the id of somebody else’s post, and from who is suspended (row 19)', async () => {
    const [author, other] = [await make.remoteActor(test.ctx), await make.remoteActor(test.ctx)]
    const input = postBy(author)
    await received(input)
    expect(await receivePost(test.ctx, { ...input, actorId: other.id })).toEqual({ outcome: 'refused', id: null })
    await test.ctx.db.update(actors).set({ suspendedAt: new Date() }).where(eq(actors.id, other.id))
    expect((await receivePost(test.ctx, postBy(other))).outcome).toBe('refused')
  })
})

describe('a remote answer', () => {
  it('finds what it answers, ours too, and is counted there', async () => {
    const author = await make.remoteActor(test.ctx)
    const { actor } = await make.actor(test.ctx)
    const ours = await make.post(test.ctx, { actorId: actor.id })
    const id = await received(postBy(author, { inReplyToIri: test.ctx.uris.post(actor.handle, ours.id) }))
    expect(await findPost(test.ctx.db, id)).toMatchObject({
      inReplyToId: ours.id,
      inReplyToActorId: actor.id,
      inReplyToIri: null,
      conversationId: ours.id,
    })
    expect((await findPost(test.ctx.db, ours.id))?.repliesCount).toBe(1)
  })

  it('that came before what it answers is linked when that comes, with its whole conversation', async () => {
    const author = await make.remoteActor(test.ctx)
    const [root, middle] = [postBy(author), postBy(author)]
    const leafId = await received(postBy(author, { inReplyToIri: middle.iri }))
    const lowerId = await received(postBy(author, { inReplyToIri: (await findPost(test.ctx.db, leafId))?.iri ?? '' }))
    expect((await findPost(test.ctx.db, leafId))?.inReplyToIri).toBe(middle.iri)
    const middleId = await received({ ...middle, inReplyToIri: root.iri })
    expect(await findPost(test.ctx.db, leafId)).toMatchObject({
      inReplyToId: middleId,
      inReplyToActorId: author.id,
      inReplyToIri: null,
    })
    const rootId = await received(root)
    for (const id of [rootId, middleId, leafId, lowerId]) {
      expect((await findPost(test.ctx.db, id))?.conversationId).toBe(rootId)
    }
    expect((await findPost(test.ctx.db, middleId))?.repliesCount).toBe(1)
    expect((await findPost(test.ctx.db, rootId))?.repliesCount).toBe(1)
  })

  it('is linked also when both come at the same time, many times over', async () => {
    const author = await make.remoteActor(test.ctx)
    const pairs = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const parent = postBy(author)
        const answer = postBy(author, { inReplyToIri: parent.iri })
        const order = index % 2 ? [parent, answer] : [answer, parent]
        const ids = await Promise.all(order.map(received))
        return index % 2 ? { parentId: ids[0], answerId: ids[1] } : { parentId: ids[1], answerId: ids[0] }
      }),
    )
    for (const { parentId, answerId } of pairs) {
      expect((await findPost(test.ctx.db, answerId ?? ''))?.inReplyToId).toBe(parentId)
    }
  })

  it('survives two that each answer the other', async () => {
    const author = await make.remoteActor(test.ctx)
    const [one, two] = [newIri(), newIri()]
    const ids = await Promise.all([
      received(postBy(author, { iri: one, inReplyToIri: two })),
      received(postBy(author, { iri: two, inReplyToIri: one })),
    ])
    expect(ids).toHaveLength(2)
  })

  it('belongs to a conversation of ours by its name when its parent is missing', async () => {
    const author = await make.remoteActor(test.ctx)
    const { id: root } = await make.post(test.ctx, { actorId: (await make.actor(test.ctx)).actor.id })
    const stray = (context: string) => received(postBy(author, { inReplyToIri: newIri(), context }))
    expect((await findPost(test.ctx.db, await stray(test.ctx.uris.context(root))))?.conversationId).toBe(root)
    for (const context of [
      test.ctx.uris.context('1'),
      test.ctx.uris.context('x'),
      'https://there.example/contexts/1',
    ]) {
      const id = await stray(context)
      expect((await findPost(test.ctx.db, id))?.conversationId).toBe(id)
    }
  })
})

describe('a remote edit', () => {
  const later = (minutes: number) => new Date(test.clock.now().getTime() + minutes * 60_000)

  async function edited(author: Actor, first: Partial<RemotePostInput>, change: Partial<RemotePostInput>) {
    const input = postBy(author, first)
    const id = await received(input)
    const receipt = await receivePostEdit(test.ctx, { ...input, editedAt: later(1), ...change })
    return { id, input, receipt }
  }

  it('changes the post and keeps what it said', async () => {
    const author = await make.remoteActor(test.ctx)
    const { id, receipt } = await edited(
      author,
      { hashtags: ['one'] },
      { content: '<p>mended</p>', spoilerText: 'w', hashtags: ['two'] },
    )
    expect(receipt).toEqual({ outcome: 'edited', id })
    expect(await findPost(test.ctx.db, id)).toMatchObject({
      content: '<p>mended</p>',
      spoilerText: 'w',
      editedAt: later(1),
    })
    expect(await listEdits(test.ctx.db, id)).toMatchObject([{ content: '<p>from there</p>', spoilerText: '' }])
    const [status] = await loadStatuses(test.ctx, null, [id])
    expect(status?.tags).toMatchObject([{ name: 'two' }])
    expect(await effectsOf('post.edited', id)).toEqual([{ is_local: false }])
  })

  it('that is not newer, or says no time, changes nothing (item 18)', async () => {
    const author = await make.remoteActor(test.ctx)
    const { id, input } = await edited(author, {}, { content: '<p>second</p>' })
    const cases = [
      [later(1), 'already'],
      [later(0), 'stale'],
      [input.publishedAt, 'stale'],
      [null, 'already'],
    ] as const
    for (const [editedAt, outcome] of cases) {
      const receipt = await receivePostEdit(test.ctx, { ...input, content: '<p>late</p>', editedAt })
      expect(receipt.outcome).toBe(outcome)
    }
    expect((await findPost(test.ctx.db, id))?.content).toBe('<p>second</p>')
  })

  it('by another actor, or of what we do not have, changes nothing (item 18) (rule 11) (row 15)', async () => {
    const [author, other] = [await make.remoteActor(test.ctx), await make.remoteActor(test.ctx)]
    const input = postBy(author)
    const id = await received(input)
    const forged = { ...input, actorId: other.id, content: '<p>forged</p>', editedAt: later(5) }
    expect((await receivePostEdit(test.ctx, forged)).outcome).toBe('refused')
    expect((await findPost(test.ctx.db, id))?.content).toBe('<p>from there</p>')
    expect((await receivePostEdit(test.ctx, postBy(author, { editedAt: later(1) }))).outcome).toBe('unknown')
  })

  it('may narrow who reads the post, never widen it (row 18)', async () => {
    const author = await make.remoteActor(test.ctx)
    const narrowed = await edited(author, { visibility: 'public' }, { visibility: 'followers' })
    const widened = await edited(author, { visibility: 'direct' }, { visibility: 'public' })
    expect((await findPost(test.ctx.db, narrowed.id))?.visibility).toBe('followers')
    expect((await findPost(test.ctx.db, widened.id))?.visibility).toBe('direct')
  })

  it('keeps pictures whose address stays, with their new description, and drops the others', async () => {
    const author = await make.remoteActor(test.ctx)
    const [a, b, c] = ['a', 'b', 'c'].map((name) => picture(`https://there.example/${name}.jpg`))
    if (!a || !b || !c) throw new Error('three pictures')
    const input = postBy(author, { attachments: [a, b] })
    const id = await received(input)
    const before = await listPictures(test.ctx.db, id)
    await receivePostEdit(test.ctx, { ...input, editedAt: later(1), attachments: [c, { ...b, description: 'b now' }] })
    const after = await listPictures(test.ctx.db, id)
    expect(after).toMatchObject([
      { remoteUrl: c.remoteUrl },
      { remoteUrl: b.remoteUrl, description: 'b now', key: before[1]?.key },
    ])
    expect(after[1]?.id).toBe(before[1]?.id)
  })
})

describe('a remote delete', () => {
  it('empties the post, and a late copy of it is refused (item 19)', async () => {
    const author = await make.remoteActor(test.ctx)
    const input = postBy(author, { attachments: [picture('https://there.example/x.jpg')] })
    const id = await received(input)
    expect(await receivePostDeleted(test.ctx, { actorId: author.id, iri: input.iri })).toEqual({
      outcome: 'deleted',
      id,
    })
    const [row] = await test.ctx.db.select().from(posts).where(eq(posts.id, id))
    expect(row).toMatchObject({ content: '', raw: null, deletedAt: expect.any(Date) })
    expect(await listPictures(test.ctx.db, id)).toEqual([])
    expect((await receivePost(test.ctx, input)).outcome).toBe('refused')
    expect((await receivePostEdit(test.ctx, { ...input, editedAt: new Date(Date.now() + DAY_MS) })).outcome).toBe(
      'refused',
    )
    expect((await receivePostDeleted(test.ctx, { actorId: author.id, iri: input.iri })).outcome).toBe('already')
    expect(await effectsOf('post.deleted', id)).toEqual([{ is_local: false }])
  })

  it('that overtakes the post keeps it out, for a week, and only the author’s own', async () => {
    const [author, other] = [await make.remoteActor(test.ctx), await make.remoteActor(test.ctx)]
    const input = postBy(author)
    expect((await receivePostDeleted(test.ctx, { actorId: author.id, iri: input.iri })).outcome).toBe('unknown')
    expect((await receivePost(test.ctx, input)).outcome).toBe('refused')
    const theirs = postBy(author)
    await receivePostDeleted(test.ctx, { actorId: other.id, iri: theirs.iri })
    expect((await receivePost(test.ctx, theirs)).outcome).toBe('created')
    test.clock.pass(7 * DAY_MS - 1)
    expect((await receivePost(test.ctx, input)).outcome).toBe('refused')
    test.clock.pass(2)
    expect((await receivePost(test.ctx, input)).outcome).toBe('created')
  })

  it('of somebody else’s post does nothing', async () => {
    const [author, other] = [await make.remoteActor(test.ctx), await make.remoteActor(test.ctx)]
    const input = postBy(author)
    const id = await received(input)
    expect((await receivePostDeleted(test.ctx, { actorId: other.id, iri: input.iri })).outcome).toBe('unknown')
    expect((await findPost(test.ctx.db, id))?.deletedAt).toBeNull()
  })
})

describe('a remote boost', () => {
  const boostBy = (booster: Actor, postId: string, values = {}) => ({
    actorId: booster.id,
    activityIri: `${booster.iri}/activities/${uniqueName('a')}`,
    postId,
    publishedAt: test.clock.now(),
    visibility: 'public' as const,
    ...values,
  })

  async function scene() {
    const { actor } = await make.actor(test.ctx)
    const booster = await make.remoteActor(test.ctx)
    return { actor, booster, post: await make.post(test.ctx, { actorId: actor.id }) }
  }

  const boostsOf = async (id: string) => (await findPost(test.ctx.db, id))?.boostsCount

  it('counts once, also at once and under several ids, and is taken back by either (row 88)', async () => {
    const { booster, post } = await scene()
    const boosts = Array.from({ length: 4 }, () => boostBy(booster, post.id))
    const outcomes = await Promise.all(boosts.map((boost) => receiveBoost(test.ctx, boost)))
    expect(outcomes.sort()).toEqual(['already', 'already', 'already', 'created'])
    expect(await boostsOf(post.id)).toBe(1)
    const undo = { actorId: booster.id, activityIri: null, postId: post.id }
    expect(await receiveBoostUndone(test.ctx, undo)).toBe('undone')
    expect(await boostsOf(post.id)).toBe(0)
    const again = boostBy(booster, post.id)
    await receiveBoost(test.ctx, again)
    expect(await receiveBoostUndone(test.ctx, { ...undo, activityIri: again.activityIri, postId: null })).toBe('undone')
    expect(await boostsOf(post.id)).toBe(0)
  })

  it('is refused after its own undoing', async () => {
    const { booster, post } = await scene()
    const boost = boostBy(booster, post.id)
    const { actorId, activityIri } = boost
    expect(await receiveBoostUndone(test.ctx, { actorId, activityIri, postId: null })).toBe('unknown')
    expect(await receiveBoost(test.ctx, boost)).toBe('refused')
  })

  it('of what the booster may not pass on is refused', async () => {
    const { actor, booster } = await scene()
    await make.follow(test.ctx, { followerId: booster.id, followeeId: actor.id })
    for (const visibility of ['followers', 'direct'] as const) {
      const post = await make.post(test.ctx, { actorId: actor.id, visibility, recipientIds: [booster.id] })
      expect(await receiveBoost(test.ctx, boostBy(booster, post.id))).toBe('refused')
    }
  })

  it('by the author of a followers-only post goes to the same followers, whatever it says (row 18)', async () => {
    const author = await make.remoteActor(test.ctx)
    const id = await received(postBy(author, { visibility: 'followers' }))
    expect(await receiveBoost(test.ctx, boostBy(author, id))).toBe('created')
    const [row] = await test.ctx.db.select().from(posts).where(eq(posts.boostOfId, id))
    expect(row?.visibility).toBe('followers')
  })

  it('is nobody else’s to take back', async () => {
    const { booster, post } = await scene()
    const boost = boostBy(booster, post.id)
    await receiveBoost(test.ctx, boost)
    const other = await make.remoteActor(test.ctx)
    await receiveBoostUndone(test.ctx, { actorId: other.id, activityIri: boost.activityIri, postId: post.id })
    expect(await boostsOf(post.id)).toBe(1)
  })
})

describe('a remote like', () => {
  const iri = () => `https://there.example/likes/${uniqueName('l')}`

  it('counts once and is taken back by its id or by its post', async () => {
    const fan = await make.remoteActor(test.ctx)
    const post = await make.post(test.ctx, { actorId: (await make.actor(test.ctx)).actor.id })
    const like = { actorId: fan.id, postId: post.id }
    const outcomes = await Promise.all([1, 2, 3].map(() => receiveLike(test.ctx, { ...like, activityIri: iri() })))
    expect(outcomes.sort()).toEqual(['already', 'already', 'created'])
    expect(await receiveLikeUndone(test.ctx, { ...like, activityIri: iri() })).toBe('undone')
    const named = iri()
    await receiveLike(test.ctx, { ...like, activityIri: named })
    expect(await receiveLikeUndone(test.ctx, { ...like, postId: null, activityIri: named })).toBe('undone')
    expect((await findPost(test.ctx.db, post.id))?.likesCount).toBe(0)
  })

  it('is one with those of other emojis, however they come and go at once', async () => {
    const fan = await make.remoteActor(test.ctx)
    const { actor } = await make.actor(test.ctx)
    const scene = async () => {
      const { id: postId } = await make.post(test.ctx, { actorId: actor.id })
      const [one, two] = ['👍', '🔥'].map((emoji) => {
        const like = { actorId: fan.id, postId, activityIri: iri() }
        return {
          come: () => receiveReaction(test.ctx, { ...like, emoji, isLike: true, pictureUrl: null }),
          goBack: () => receiveLikeUndone(test.ctx, like),
        }
      })
      if (!one || !two) throw new Error('there are two emojis')
      return { one, two, count: async () => (await findPost(test.ctx.db, postId))?.likesCount }
    }
    for (let times = 0; times < 10; times += 1) {
      const [changed, short, ended] = [await scene(), await scene(), await scene()]
      await changed.one.come()
      await Promise.all([changed.two.come(), changed.one.goBack()])
      expect(await changed.count()).toBe(1)
      await Promise.all([short.one.come(), short.one.goBack()])
      expect(await short.count()).toBe(0)
      for (const { come } of [ended.one, ended.two]) await come()
      await Promise.all([ended.one.goBack(), ended.two.goBack()])
      expect(await ended.count()).toBe(0)
    }
  })

  it('is refused after its own undoing, and for what the actor may not see', async () => {
    const fan = await make.remoteActor(test.ctx)
    const { actor } = await make.actor(test.ctx)
    const [open, secret] = [
      await make.post(test.ctx, { actorId: actor.id }),
      await make.post(test.ctx, { actorId: actor.id, visibility: 'followers' }),
    ]
    const activityIri = iri()
    expect(await receiveLikeUndone(test.ctx, { actorId: fan.id, postId: null, activityIri })).toBe('unknown')
    expect(await receiveLike(test.ctx, { actorId: fan.id, postId: open.id, activityIri })).toBe('refused')
    expect(await receiveLike(test.ctx, { actorId: fan.id, postId: secret.id, activityIri: iri() })).toBe('refused')
  })
})
