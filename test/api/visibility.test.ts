import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Ctx } from '#src/context.ts'
import { actors } from '#src/db/schema/actors.ts'
import { blocks } from '#src/db/schema/blocks.ts'
import { follows } from '#src/db/schema/follows.ts'
import { groupPosts } from '#src/db/schema/groups.ts'
import { createGroup } from '#src/features/groups/service.ts'
import { loadStatuses } from '#src/features/posts/entity.ts'
import { findVisiblePost, type Visibility } from '#src/features/posts/queries.ts'
import { listLikers } from '#src/features/reactions/queries.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { type Client, createClient } from '#test/support/client.ts'
import { tellEverybody } from '#test/support/effects.ts'
import { make, uniqueName } from '#test/support/make.ts'

/**
 * The leak test: every kind of reader, every visibility, every way by which a post can come to light. What a reader may see is written down
 * once, in `maySee`; every route has to agree with it.
 */

let test: TestApp
beforeAll(async () => {
  test = await createTestApp()
})
afterAll(() => test.close())

const readers = [
  'anonymous',
  'author',
  'accepted follower',
  'pending follower',
  'rejected follower',
  'removed follower',
  'mentioned',
  'stranger',
  'blocked by the author',
  'blocking the author',
  'mentioned and blocked',
  'team mate acting as another actor',
  'follower of a follower',
  'member of the group',
  'one who asks to join the group',
  'one who was taken off the group',
  'blocked member of the group',
] as const
type ReaderKind = (typeof readers)[number]

/** Each visibility, and what is said to a private group, which is direct; and what such a group has not taken, or has taken out. */
const kinds = ['public', 'unlisted', 'followers', 'direct', 'group', 'untaken', 'removed'] as const
type Kind = (typeof kinds)[number]

const visibilityOf = (kind: Kind): Visibility =>
  kind === 'group' || kind === 'untaken' || kind === 'removed' ? 'direct' : kind

function maySee(reader: ReaderKind, kind: Kind): boolean {
  if (reader.includes('block')) return false
  const visibility = visibilityOf(kind)
  if (visibility === 'public' || visibility === 'unlisted') return true
  if (kind === 'group' && reader === 'member of the group') return true
  if (reader === 'author' || reader === 'mentioned') return true
  return visibility === 'followers' && reader === 'accepted follower'
}

type Scene = Readonly<{
  posts: Record<Kind, { id: string; boostId: string; answerId: string }>
  actorIdOf: Record<ReaderKind, string | null>
  clientOf: Record<ReaderKind, Client>
  authorId: string
  tag: string
}>

/** A private group whose owner is no reader of the scene. */
async function openGroup(ctx: Ctx, { userId }: { userId: string }): Promise<string> {
  const owner = await test.signIn(uniqueName('owner'))
  const viewer = { userId, actorId: owner.actorId, role: 'owner', scopes: [], appId: null } as const
  return (await createGroup(ctx, viewer, { handle: uniqueName('hub'), isPrivate: true })).id
}

/** One author with a post of each visibility, and everybody who might read it. */
async function setTheScene(): Promise<Scene> {
  const { ctx } = test
  const author = await test.signIn(uniqueName('author'))
  const tag = uniqueName('secret')
  const people = Object.fromEntries(
    await Promise.all(
      readers.map(
        async (kind) => [kind, kind === 'author' ? author : await test.signIn(uniqueName('reader'))] as const,
      ),
    ),
  )
  const of = (kind: ReaderKind) => {
    const person = people[kind]
    if (!person) throw new Error(`nobody is ${kind}`)
    return person
  }
  const follow = (kind: ReaderKind, state: 'accepted' | 'pending' | 'rejected') =>
    make.follow(ctx, { followerId: of(kind).actorId, followeeId: author.actorId, state })
  await follow('accepted follower', 'accepted')
  await follow('pending follower', 'pending')
  await follow('rejected follower', 'rejected')
  const removed = await follow('removed follower', 'accepted')
  await ctx.db.delete(follows).where(eq(follows.id, removed.id))
  for (const kind of ['blocked by the author', 'mentioned and blocked', 'blocked member of the group'] as const) {
    await ctx.db.insert(blocks).values({ actorId: author.actorId, blockedId: of(kind).actorId })
  }
  await ctx.db.insert(blocks).values({ actorId: of('blocking the author').actorId, blockedId: author.actorId })
  // Blocks hide even from those whose follow was left standing.
  await follow('blocked by the author', 'accepted')
  await follow('blocking the author', 'accepted')
  await make.follow(ctx, {
    followerId: of('follower of a follower').actorId,
    followeeId: of('accepted follower').actorId,
  })
  const mate = of('team mate acting as another actor')
  await make.member(ctx, author.actorId, 'owner', mate.userId)

  const groupId = await openGroup(test.ctx, of('team mate acting as another actor'))
  for (const [kind, state] of [
    ['member of the group', 'accepted'],
    ['blocked member of the group', 'accepted'],
    ['one who asks to join the group', 'pending'],
    ['one who was taken off the group', 'rejected'],
  ] as const)
    await make.follow(ctx, { followerId: of(kind).actorId, followeeId: groupId, state })

  const posts = Object.fromEntries(
    await Promise.all(
      kinds.map(async (kind) => {
        const visibility = visibilityOf(kind)
        const isForGroup = kind === 'group' || kind === 'untaken' || kind === 'removed'
        const named = [of('mentioned').actorId, of('mentioned and blocked').actorId]
        const recipientIds = isForGroup ? [...named, groupId] : named
        const { id } = await make.post(ctx, { actorId: author.actorId, visibility, recipientIds, hashtags: [tag] })
        // An answer that everybody may read must not bring to light what it answers, and a boost row not what it shows.
        const answer = await make.post(ctx, {
          actorId: of('stranger').actorId,
          inReplyToId: id,
          inReplyToActorId: author.actorId,
          conversationId: id,
        })
        const boost = await make.boost(ctx, { actorId: author.actorId, boostOfId: id, visibility: 'public' })
        if (isForGroup) await make.boost(ctx, { actorId: groupId, boostOfId: id, visibility: 'followers' })
        const removedAt = kind === 'removed' ? new Date() : null
        if (isForGroup && kind !== 'untaken')
          await ctx.db.insert(groupPosts).values({ groupId, postId: id, topicId: id, removedAt })
        return [kind, { id, boostId: boost.id, answerId: answer.id }] as const
      }),
    ),
  ) as Scene['posts']
  return {
    posts,
    tag,
    authorId: author.actorId,
    actorIdOf: Object.fromEntries(
      readers.map((kind) => [kind, kind === 'anonymous' ? null : of(kind).actorId]),
    ) as Scene['actorIdOf'],
    clientOf: Object.fromEntries(
      readers.map((kind) => [kind, createClient(test.app, kind === 'anonymous' ? {} : of(kind).headers)]),
    ) as Scene['clientOf'],
  }
}

/** Every status in an answer, those inside boosts and notifications too. */
function statusesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(statusesIn)
  if (typeof value !== 'object' || value === null) return []
  const own = 'content' in value && 'visibility' in value && 'id' in value ? [String(value.id)] : []
  return [...own, ...Object.values(value).flatMap(statusesIn)]
}

let scene: Scene
beforeAll(async () => {
  scene = await setTheScene()
})

const cases = readers.flatMap((reader) => kinds.map((kind) => ({ reader, kind, sees: maySee(reader, kind) })))

describe.each(cases)('$reader sees a $kind post: $sees', ({ reader, kind, sees }) => {
  const visibility = visibilityOf(kind)
  const target = () => ({
    ...scene.posts[kind],
    client: scene.clientOf[reader],
    actorId: scene.actorIdOf[reader],
  })

  it('by its id, its thread, its history (rows 23, 25)', async () => {
    const { client, id } = target()
    for (const path of ['', '/context', '/history', '/favourited_by', '/reblogged_by']) {
      const { status } = await client.get(`/api/v1/statuses/${id}${path}`)
      expect([path, status]).toEqual([path, sees ? 200 : 404])
    }
    expect(statusesIn((await client.get(`/api/v1/statuses?id[]=${id}`)).body)).toEqual(sees ? [id] : [])
  })

  it('as a hidden one looks exactly like one that is not there (row 30)', async () => {
    const { client, id } = target()
    if (sees) return
    const [hidden, missing] = [await client.get(`/api/v1/statuses/${id}`), await client.get('/api/v1/statuses/1')]
    expect(hidden.body).toEqual(missing.body)
  })

  it('by its source', async () => {
    const { client, id } = target()
    const expected = reader === 'anonymous' ? 401 : sees ? 200 : 404
    expect((await client.get(`/api/v1/statuses/${id}/source`)).status).toBe(expected)
  })

  it('through an answer to it or a boost of it', async () => {
    const { client, id, answerId, boostId } = target()
    const thread = await client.get(`/api/v1/statuses/${answerId}/context`)
    expect(statusesIn(thread.body).includes(id)).toBe(sees)
    const boost = await client.get(`/api/v1/statuses/${boostId}`)
    expect(statusesIn(boost.body).includes(id)).toBe(sees)
  })

  it("among its author's posts", async () => {
    const { client, id, boostId } = target()
    const found = statusesIn((await client.get(`/api/v1/accounts/${scene.authorId}/statuses?limit=40`)).body)
    expect([found.includes(id), found.includes(boostId)]).toEqual([sees, sees])
  })

  it('in the public timeline and under its hashtag only when it is public', async () => {
    const { client, id } = target()
    for (const path of ['public?local=true&limit=40', `tag/${scene.tag}`, `tag/none?any[]=${scene.tag}`]) {
      const found = statusesIn((await client.get(`/api/v1/timelines/${path}`)).body)
      expect([path, found.includes(id)]).toEqual([path, sees && visibility === 'public'])
    }
  })

  it('in the home timeline of those who follow (row 23)', async () => {
    const { client, id } = target()
    if (reader === 'anonymous') return expect((await client.get('/api/v1/timelines/home')).status).toBe(401)
    const found = statusesIn((await client.get('/api/v1/timelines/home?limit=40')).body)
    const isFollowed = ['author', 'accepted follower', 'member of the group'].includes(reader)
    // Of the group a member hears what was said to it alone.
    expect(found.includes(id)).toBe(sees && isFollowed && (reader !== 'member of the group' || kind === 'group'))
  })

  it('by any other way that loads statuses, as search does', async () => {
    const { actorId, id, boostId } = target()
    const loaded = await loadStatuses(test.ctx, actorId, [id, boostId])
    expect(statusesIn(loaded).includes(id)).toBe(sees)
    for (const one of [id, boostId]) {
      expect((await findVisiblePost(test.ctx.db, actorId, one)) !== null).toBe(sees)
    }
  })

  it('to like, boost or answer it', async () => {
    const { client, id } = target()
    if (reader === 'anonymous') return
    const like = await client.post(`/api/v1/statuses/${id}/favourite`)
    expect(like.status).toBe(sees ? 200 : 404)
    await client.post(`/api/v1/statuses/${id}/unfavourite`)
    const answer = await client.post('/api/v1/statuses', { status: 'answer', visibility: 'direct', in_reply_to_id: id })
    expect(answer.status).toBe(sees ? 200 : 404)
    if (!sees) expect((await client.post(`/api/v1/statuses/${id}/reblog`)).status).toBe(404)
  })
})

describe('what was seen once', () => {
  /** An author, a reader, and a followers-only post that the reader sees, likes and was told of. */
  async function seen() {
    const [author, reader] = [await test.signIn(uniqueName('author')), await test.signIn(uniqueName('reader'))]
    const follow = await make.follow(test.ctx, {
      followerId: reader.actorId,
      followeeId: author.actorId,
      notifies: true,
    })
    const client = createClient(test.app, reader.headers)
    const { body } = await createClient(test.app, author.headers).post('/api/v1/statuses', {
      status: 'for followers',
      visibility: 'private',
    })
    await client.post(`/api/v1/statuses/${body.id}/favourite`)
    await tellEverybody(test.ctx)
    return { author, reader, follow, client, id: body.id as string }
  }

  const ways = (id: string) => [
    `/api/v1/statuses/${id}`,
    '/api/v1/timelines/home',
    '/api/v1/favourites',
    '/api/v1/notifications',
  ]

  async function seenBy(client: Client, id: string): Promise<boolean[]> {
    return Promise.all(ways(id).map(async (path) => statusesIn((await client.get(path)).body).includes(id)))
  }

  it('is hidden at once from a follower who is taken off', async () => {
    const { client, id, follow } = await seen()
    expect(await seenBy(client, id)).toEqual([true, true, true, true])
    await test.ctx.db.delete(follows).where(eq(follows.id, follow.id))
    expect(await seenBy(client, id)).toEqual([false, false, false, false])
  })

  it('is hidden at once by a block, in either direction', async () => {
    for (const isByAuthor of [true, false]) {
      const { client, id, author, reader } = await seen()
      const [actorId, blockedId] = isByAuthor ? [author.actorId, reader.actorId] : [reader.actorId, author.actorId]
      await test.ctx.db.insert(blocks).values({ actorId, blockedId })
      expect(await seenBy(client, id)).toEqual([false, false, false, false])
    }
  })

  it('is hidden when its author is suspended or deleted (row 38)', async () => {
    for (const change of [{ suspendedAt: new Date() }, { deletedAt: new Date() }]) {
      const { client, id, author } = await seen()
      await test.ctx.db.update(actors).set(change).where(eq(actors.id, author.actorId))
      expect(await seenBy(client, id)).toEqual([false, false, false, false])
    }
  })

  it('keeps those out of lists of names with whom there is a block', async () => {
    const { author, reader, id } = await seen()
    expect(await listLikers(test.ctx.db, author.actorId, id, { limit: 10 })).toHaveLength(1)
    await test.ctx.db.insert(blocks).values({ actorId: author.actorId, blockedId: reader.actorId })
    expect(await listLikers(test.ctx.db, author.actorId, id, { limit: 10 })).toHaveLength(0)
  })
})
