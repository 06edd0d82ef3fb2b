import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { processInboxActivity } from '#federation/inbox.ts'
import { isObject, type JsonObject } from '#federation/read/json.ts'
import type { Ctx } from '#src/context.ts'
import { follows } from '#src/db/schema/follows.ts'
import { findActorByIri } from '#src/features/actors/queries.ts'
import { ensureInstanceActor } from '#src/features/actors/service.ts'
import { findPostByIri } from '#src/features/posts/queries.ts'
import type { Json } from '#test/support/client.ts'
import { createTestContext, type TestContext } from '#test/support/context.ts'
import { make } from '#test/support/make.ts'
import { hasPayloads, listPayloads, readPayload } from '#test/support/payloads.ts'
import { ACTIVITY_JSON, PUBLIC } from '#test/support/stranger.ts'

/**
 * What other programs have announced in groups, as it was captured, on an instance that follows those groups. Strangers are played: a server
 * answers for each address with what was captured or is served here, and with 404 for any other.
 */
const served = new Map<string, Json>()
const serve = (...documents: Json[]) => {
  for (const document of documents) served.set(document.id, document)
}

let test: TestContext
let ctx: Ctx
let count = 0

beforeAll(async () => {
  test = await createTestContext()
  await ensureInstanceActor(test.ctx)
  const get: Ctx['fetcher']['get'] = async (url) => {
    const address = String(url)
    const document = served.get(address)
    const status = document === undefined ? 404 : document === null ? 410 : 200
    const headers = { 'content-type': ACTIVITY_JSON }
    return { status, url: address, headers, body: Buffer.from(JSON.stringify(document ?? {})), hops: 0 }
  }
  ctx = { ...test.ctx, fetcher: { ...test.ctx.fetcher, get } }
})
afterAll(() => test.close())

const someone = (id: string, more: Json = {}): Json => ({
  '@context': 'https://www.w3.org/ns/activitystreams',
  id,
  type: 'Person',
  preferredUsername: `someone${++count}`,
  inbox: `${id}/inbox`,
  outbox: `${id}/outbox`,
  followers: `${id}/followers`,
  ...more,
})

/** What comes of an activity that its actor has signed. */
const take = (activity: Json): Promise<string> =>
  processInboxActivity(ctx, {
    id: '0',
    actorIri: activity.actor,
    authority: 'signature',
    signerIri: null,
    site: new URL(activity.actor).hostname,
    body: JSON.stringify(activity),
    recipientId: null,
    synchronization: null,
    attempts: 0,
    delays: 0,
    receivedAt: ctx.now(),
  })

const announce = (groupIri: string, object: Json): Promise<string> =>
  take({
    '@context': ['https://www.w3.org/ns/activitystreams', 'https://join-lemmy.org/context.json'],
    id: `${groupIri}/announces/${++count}`,
    type: 'Announce',
    actor: groupIri,
    to: [PUBLIC],
    cc: [`${groupIri}/followers`],
    object,
  })

/** Somebody here follows a group, whose document is served. */
async function followGroup(document: Json): Promise<string> {
  serve(document)
  const group = await make.remoteActor(ctx, {
    handle: `group${++count}`,
    type: 'Group',
    iri: document.id,
    host: new URL(document.id).host,
    followersIri: document.followers ?? null,
    featuredIri: document.featured ?? null,
  })
  const { actor } = await make.actor(ctx)
  await ctx.db
    .insert(follows)
    .values({ followerId: actor.id, followeeId: group.id, state: 'accepted', requestedAt: ctx.now() })
  return group.id
}

/** Where a post stands: in how many groups, whether it was taken out, whether they show it, how many like it. */
async function stateOf(iri: string) {
  const [row] = await ctx.db.$client<Json[]>`
    select p.likes_count::int as likes, p.deleted_at is not null as "isDeleted", p.edited_at is not null as "isEdited",
      (select count(*)::int from posts b where b.boost_of_id = p.id and b.deleted_at is null) as boosts,
      (select count(*)::int from pins where post_id = p.id) as pins,
      g.post_id is not null as "isPlaced", g.topic_id = g.post_id as "isTopic", g.removed_at is not null as "isRemoved",
      g.locked_at is not null as "isLocked"
    from posts p left join group_posts g on g.post_id = p.id where p.iri = ${iri}`
  return row ?? null
}

const banned = async (iri: string) => {
  const [row] = await ctx.db.$client<Json[]>`
    select 1 from group_bans b join actors a on a.id = b.actor_id where a.iri = ${iri}`
  return row !== undefined
}

const shown = { isPlaced: true, isTopic: true, isRemoved: false, boosts: 1 }
const inThread = { isPlaced: true, isTopic: false, isRemoved: false, boosts: 0 }

/** The same activity about another post than the one that was captured. */
function about(activity: Json, iri: string): Json {
  const { object } = activity
  return { ...activity, object: isObject(object) ? { ...object, id: iri } : iri }
}

const inside = (name: string): Json => (readPayload(name) as Json).object

const suite = 'announcements that were captured (skipped where ../shared/fixtures is absent)'

describe.skipIf(!hasPayloads)(`${suite}: Mbin`, () => {
  const group = 'https://kbin.test/m/test'
  const captured = (name: string): Json => inside(`as2/mbin/outbox-snapshots/AnnounceTest__testAnnounce${name}__1.json`)
  const topic = 'https://kbin.test/m/test/t/1'
  /** Mbin's snapshots have another id in each file for one and the same thing. */
  const say = (name: string, iri: string) => announce(group, about(captured(name), iri))
  const person = 'https://kbin.test/u/someone'

  beforeAll(async () => {
    await followGroup({
      ...someone(group, { type: 'Group', preferredUsername: 'test' }),
      featured: `${group}/pinned`,
      attributedTo: `${group}/moderators`,
    })
    serve({ id: `${group}/moderators`, type: 'OrderedCollection', orderedItems: ['https://kbin.test/u/owner'] })
    serve(...['user', 'user2', 'owner', 'someone'].map((name) => someone(`https://kbin.test/u/${name}`)))
  })

  it('brings entries and posts as topics, and comments into their threads (item 35)', async () => {
    const create = about(captured('CreateEntry'), topic)
    serve(create.object)
    expect(await announce(group, create)).toBe('done')
    expect(await stateOf(topic)).toMatchObject(shown)
    const post = captured('CreatePost')
    expect(await announce(group, post)).toBe('done')
    expect(await stateOf(post.object.id)).toMatchObject(shown)
    for (const name of ['EntryComment', 'NestedEntryComment', 'PostComment', 'NestedPostComment']) {
      const comment = captured(`Create${name}`)
      const object = { ...comment.object, id: `${topic}/${name}`, inReplyTo: topic }
      expect(await announce(group, { ...comment, object }), name).toBe('done')
      expect(await stateOf(object.id), name).toMatchObject(inThread)
    }
    expect(await say('CreateMessage', `${topic}/message`)).toBe('ignored: the post is not for everybody')
    const boost = readPayload('as2/mbin/outbox-snapshots/AnnounceTest__testMagazineBoostEntry__1.json')
    expect(await take({ ...boost, object: topic })).toBe('done')
    expect(await stateOf(topic)).toMatchObject(shown)
  })

  it('brings likes and takes them back, edits, pins and profiles (item 35)', async () => {
    const names = ['Entry', 'EntryComment', 'NestedEntryComment', 'NestedPostComment', 'Post', 'PostComment']
    for (const name of names) {
      expect(await say(`Like${name}`, topic), name).toBe('done')
      expect(await stateOf(topic), name).toMatchObject({ likes: 1 })
      const undo = captured(`UndoLike${name}`)
      expect(await announce(group, { ...undo, object: about(undo.object, topic) }), name).toBe('done')
      expect(await stateOf(topic), name).toMatchObject({ likes: 0 })
    }
    const edit = about(captured('UpdateEntry'), topic)
    serve({ ...edit.object, updated: ctx.now().toISOString() })
    expect(await announce(group, edit)).toBe('done')
    expect(await say('AddPinnedPost', topic)).toBe('done')
    expect(await stateOf(topic)).toMatchObject({ pins: 1 })
    expect(await say('RemovePinnedPost', topic)).toBe('done')
    expect(await stateOf(topic)).toMatchObject({ pins: 0 })
    for (const name of ['AddModerator', 'RemoveModerator']) {
      expect(await say(name, person), name).toBe('ignored: its moderators are read when it matters')
    }
    expect(await say('UpdateMagazine', group)).toBe('done')
    expect(await say('UpdateUser', 'https://kbin.test/u/user')).toBe('done')
  })

  it('keeps people out, closes topics, takes posts out, and deletes what is gone (item 35)', async () => {
    expect(await say('BlockUser', person)).toBe('done')
    expect(await banned(person)).toBe(true)
    const undo = captured('UndoBlockUser')
    expect(await announce(group, { ...undo, object: about(undo.object, person) })).toBe('done')
    expect(await banned(person)).toBe(false)
    const lock = readPayload('as2/mbin/outbox-snapshots/LockTest__testLockEntryByModerator__1.json')
    expect(await announce(group, { ...lock, object: topic })).toBe('done')
    expect(await stateOf(topic)).toMatchObject({ isLocked: true })
    expect(await say('DeleteEntryByModerator', topic)).toBe('done')
    expect(await stateOf(topic)).toMatchObject({ isDeleted: false, isRemoved: true, boosts: 0 })
    served.set(topic, null)
    expect(await say('DeleteEntry', topic)).toBe('done')
    expect(await stateOf(topic)).toMatchObject({ isDeleted: true })
    expect(await say('DeleteUser', 'https://kbin.test/u/user')).toMatch(/^(done|ignored)/)
  })
})

describe.skipIf(!hasPayloads)(`${suite}: NodeBB`, () => {
  const lab = (name: string): Json => readPayload(`lab/nodebb/${name}.json`)
  const group = 'https://nodebb.test/category/5'

  beforeAll(async () => {
    await followGroup(lab('GET-actor-Group-maker-talk'))
    serve(
      someone('https://nodebb.test/uid/2'),
      someone('https://gts.test/users/alice'),
      someone('https://gts.test/users/carol'),
    )
  })

  it('announces a topic in two forms, which are one entry, and its edit (item 35)', async () => {
    const [article, create] = [lab('Announce-Article'), lab('Announce-Create-Article')]
    expect(await take(article)).toBe('done')
    expect(await take(create)).toBe('done')
    expect(await stateOf(article.object.id)).toMatchObject(shown)
    const edit = lab('Announce-Update-Article')
    serve(edit.object.object)
    expect(await take(edit)).toBe('done')
    expect(await stateOf(article.object.id)).toMatchObject({ isEdited: true })
  })

  it('announces a topic from GoToSocial, which is read there (item 35)', async () => {
    const [note, create] = [lab('Announce-Note'), lab('Announce-Create-Note')]
    expect(await take(create)).toMatch(/^ignored/)
    serve({ '@context': 'https://www.w3.org/ns/activitystreams', ...create.object.object })
    expect(await take(create)).toBe('done')
    expect(await take(note)).toBe('done')
    expect(await stateOf(create.object.object.id)).toMatchObject(shown)
  })

  it('announces answers, likes with the whole post in them, and deletions (item 35)', async () => {
    const like = lab('Announce-Like-Article')
    serve(like.object.object)
    expect(await announce(group, like.object.object)).toBe('done')
    expect(await take(like)).toBe('done')
    expect(await stateOf(like.object.object.id)).toMatchObject({ ...shown, likes: 1 })
    const answer = lab('GET-Note-reply')
    serve(answer)
    expect(await announce(group, lab('Create-Note-public-reply'))).toMatch(/^(done|ignored)/)
    expect(await announce(group, answer)).toBe('done')
    expect(await stateOf(answer.id)).toMatchObject(inThread)
    const removal = lab('Announce-Delete-iri')
    const { object } = removal.object
    serve({ ...answer, id: object, inReplyTo: null })
    expect(await announce(group, object)).toBe('done')
    served.set(object, null)
    expect(await take(removal)).toBe('done')
    expect(await stateOf(object)).toMatchObject({ isDeleted: true })
  })

  it('announces likes of what we do not have, dislikes, and numbers, which do nothing (item 35)', async () => {
    expect(await take(lab('Announce-Like-iri'))).toMatch(/^ignored/)
    expect(await take(lab('Announce-Dislike-iri'))).toBe('ignored: Dislike')
    expect(await take(lab('Announce-Undo-Dislike'))).toBe('ignored: Undo of Dislike')
    expect(await take(lab('Undo-Announce'))).toMatch(/^(done|ignored)/)
  })
})

describe.skipIf(!hasPayloads)(`${suite}: PeerTube and WordPress`, () => {
  it('a channel announces a film, which is by its account (item 35)', async () => {
    const [film, video] = [
      readPayload('as2/peertube/activities/announce_video.json') as Json,
      readPayload('as2/peertube/objects/video.json') as Json,
    ]
    await followGroup(readPayload('as2/peertube/objects/group.json'))
    serve(video, readPayload('as2/peertube/objects/person.json'))
    expect(await take(film)).toBe('done')
    expect(await stateOf(film.object)).toMatchObject(shown)
    const [post, author] = [
      await findPostByIri(ctx.db, film.object),
      await findActorByIri(ctx.db, video.attributedTo[0].id),
    ]
    expect(post?.actorId).toBe(author?.id)
  })

  it('a blog announces a changed article, which it thereby has (item 35)', async () => {
    const update = readPayload('as2/wordpress/activities/announce.json') as Json
    await followGroup(someone(update.actor, { type: 'Group' }))
    serve(someone(update.object.actor), { '@context': update['@context'], ...update.object.object })
    expect(await take(update)).toBe('done')
    expect(await stateOf(update.object.object.id)).toMatchObject({ isPlaced: true, isTopic: true, boosts: 0 })
  })
})

describe.skipIf(!hasPayloads)(`${suite}: Lemmy`, () => {
  const group = 'http://enterprise.lemmy.ml/c/main'
  /** Lemmy's own tests call one community by several names and addresses. */
  const lemmy = (name: string): Json =>
    JSON.parse(
      JSON.stringify(readPayload(`as2/lemmy/activities/${name}.json`))
        .replaceAll(/https?:\/\/enterprise\.lemmy\.ml\/[uc]\/(main|tenforward)/g, group)
        .replaceAll(/https?:\/\/lemmy-alpha(:8541)?\/c\/(main|test)/g, group),
    )
  const [beta, alpha, page, note] = [
    'http://enterprise.lemmy.ml/u/lemmy_beta',
    'http://ds9.lemmy.ml/u/lemmy_alpha',
    'http://ds9.lemmy.ml/post/1',
    'http://ds9.lemmy.ml/comment/1',
  ]
  const say = (name: string, more: Json = {}) => announce(group, { ...lemmy(name), ...more })

  beforeAll(async () => {
    await followGroup({
      ...someone(group, { type: 'Group' }),
      featured: `${group}/featured`,
      attributedTo: `${group}/moderators`,
    })
    serve({ id: `${group}/moderators`, type: 'OrderedCollection', orderedItems: [beta] }, someone(beta), someone(alpha))
  })

  it('announces pages and comments, of its own and of others (item 35)', async () => {
    const own = JSON.parse(
      JSON.stringify(readPayload('as2/lemmy/activities/community/announce_create_page.json')).replaceAll(
        'http://enterprise.lemmy.ml/u/main',
        group,
      ),
    )
    expect(await take(own)).toBe('done')
    expect(await stateOf(own.object.object.id)).toMatchObject(shown)
    const [create, comment] = [lemmy('create_or_update/create_page'), lemmy('create_or_update/create_comment')]
    expect(await announce(group, create)).toMatch(/^ignored/)
    serve(create.object, comment.object)
    expect(await announce(group, create)).toBe('done')
    expect(await announce(group, comment)).toBe('done')
    expect(await stateOf(page)).toMatchObject(shown)
    expect(await stateOf(note)).toMatchObject(inThread)
    const edit = lemmy('create_or_update/update_page')
    serve(edit.object)
    expect(await say('create_or_update/update_page')).toMatch(/^(done|ignored)/)
  })

  it('announces votes, of which likes count (item 35)', async () => {
    expect(await say('voting/like_note')).toBe('done')
    expect(await stateOf(note)).toMatchObject({ likes: 1 })
    expect(await say('voting/undo_like_note')).toBe('done')
    expect(await stateOf(note)).toMatchObject({ likes: 0 })
    expect(await say('voting/dislike_page')).toBe('ignored: Dislike')
    expect(await say('voting/undo_dislike_page')).toMatch(/^(done|ignored)/)
  })

  it('announces what its moderators do, and what is for them alone does nothing (item 35)', async () => {
    const by = { actor: beta, id: `${beta}/1` }
    expect(await say('community/add_featured_post', { ...by, object: page, target: `${group}/featured` })).toBe('done')
    expect(await stateOf(page)).toMatchObject({ pins: 1 })
    expect(await say('community/remove_featured_post', { ...by, object: page, target: `${group}/featured` })).toBe(
      'done',
    )
    expect(await stateOf(page)).toMatchObject({ pins: 0 })
    expect(await say('community/add_mod')).toMatch(/^ignored/)
    expect(await say('community/remove_mod')).toMatch(/^ignored/)
    const lock = { ...lemmy('community/lock_page'), ...by, object: page }
    expect(await announce(group, lock)).toBe('done')
    expect(await stateOf(page)).toMatchObject({ isLocked: true })
    expect(await say('community/lock_note', { ...by, object: note })).toBe('ignored: it is no topic of the group')
    expect(await say('community/undo_lock_page', { ...by, object: lock })).toBe('done')
    expect(await stateOf(page)).toMatchObject({ isLocked: false })
    expect(await say('deletion/remove_note')).toBe('done')
    expect(await stateOf(note)).toMatchObject({ isRemoved: true, isDeleted: false })
    expect(await say('deletion/undo_remove_note')).toBe('done')
    expect(await stateOf(note)).toMatchObject({ isRemoved: false })
    expect(await say('block/block_user')).toBe('done')
    // It had an end, which is past; what was written is taken out all the same.
    expect(await banned(alpha)).toBe(false)
    expect(await stateOf(page)).toMatchObject({ isRemoved: true, boosts: 0 })
    expect(await say('block/undo_block_user')).toBe('done')
    expect(await say('community/update_community')).toBe('done')
    for (const name of ['community/report_page', 'community/resolve_report_page', 'community/warn'])
      expect(await say(name), name).toMatch(/^ignored/)
    served.set(page, null)
    expect(await say('deletion/delete_page')).toBe('done')
    expect(await stateOf(page)).toMatchObject({ isDeleted: true })
    expect(await say('deletion/undo_delete_page')).toMatch(/^ignored/)
    expect(await say('deletion/delete_user')).toMatch(/^ignored/)
  })
})

describe.skipIf(!hasPayloads)(`${suite}: all`, () => {
  it('that were ever captured are done or ignored, and none fails (item 35)', async () => {
    const all = listPayloads().filter(({ json }) => json.type === 'Announce' && typeof json.actor === 'string')
    expect(all.length).toBeGreaterThan(50)
    for (const { name, json } of all) expect(await take(json), name).toMatch(/^(done|ignored: .+)$/)
    const activities = listPayloads().filter(
      ({ name, json }) => name.startsWith('as2/lemmy/activities/') && isObject(json),
    )
    for (const { name, json } of activities)
      expect(await announce('http://enterprise.lemmy.ml/c/main', json as JsonObject), name).toMatch(
        /^(done|ignored: .+)$/,
      )
  })
})
