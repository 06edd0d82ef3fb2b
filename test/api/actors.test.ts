import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Ctx } from '#src/context.ts'
import { transaction } from '#src/db/client.ts'
import { hosts, inboxes } from '#src/db/schema/deliveries.ts'
import { instance } from '#src/db/schema/instance.ts'
import { media } from '#src/db/schema/media.ts'
import { posts } from '#src/db/schema/posts.ts'
import { emojiReactions, likes } from '#src/db/schema/reactions.ts'
import { memberships } from '#src/db/schema/teams.ts'
import { resolveActorIris } from '#src/features/actors/iris.ts'
import { findLocalKeys } from '#src/features/actors/key-queries.ts'
import {
  findActor,
  findActorByAcct,
  findActorByKeyId,
  findLocalActor,
  listActors,
} from '#src/features/actors/queries.ts'
import {
  announcePicture,
  createLocalActor,
  deleteActor,
  deleteRemoteActor,
  ensureInstanceActor,
  findByAcct,
  insertLocalActor,
  prepareLocalActor,
  purgeDeletedActors,
  resolveActorIri,
  storeRemoteActor,
} from '#src/features/actors/service.ts'
import { findFollowBetween } from '#src/features/follows/queries.ts'
import { createTestContext, type TestContext } from '#test/support/context.ts'
import { takeFacts } from '#test/support/facts.ts'
import { make, uniqueName } from '#test/support/make.ts'
import { countQueries } from '#test/support/queries.ts'
import { remoteInput } from '#test/support/remote-input.ts'

let context: TestContext
let ctx: Ctx

beforeAll(async () => {
  context = await createTestContext()
  ctx = context.ctx
})
afterAll(() => context.close())
beforeEach(() => takeFacts(ctx))

describe('a new local actor', () => {
  it('approves its followers, is found as an organisation and not as a person, and has an owner', async () => {
    const { id: ownerUserId } = await make.user(ctx)
    const organisation = await createLocalActor(ctx, {
      handle: 'Acme',
      type: 'Organization',
      name: ' ACME ',
      ownerUserId,
    })
    const person = await createLocalActor(ctx, { handle: 'leila', type: 'Person', isOpen: true, ownerUserId })
    expect(organisation).toMatchObject({
      handle: 'acme',
      name: 'ACME',
      type: 'Organization',
      isLocked: true,
      isDiscoverable: true,
      host: null,
      iri: null,
    })
    expect(person).toMatchObject({ name: '', isLocked: false, isDiscoverable: false, isIndexable: false })
    const team = await ctx.db.select().from(memberships).where(eq(memberships.actorId, person.id))
    expect(team).toMatchObject([{ userId: ownerUserId, role: 'owner' }])
  })

  it('has an RSA key of 2048 bits and an Ed25519 key, of its own', async () => {
    const { id: ownerUserId } = await make.user(ctx)
    const actor = await createLocalActor(ctx, { handle: 'keyed', type: 'Person', ownerUserId })
    const keys = await findLocalKeys(ctx.db, actor.id)
    if (!keys) throw new Error('there are no keys')
    expect(createPublicKey(keys.rsaPublicKeyPem).asymmetricKeyDetails).toMatchObject({ modulusLength: 2048 })
    expect(createPublicKey(keys.ed25519PublicKeyPem).asymmetricKeyType).toBe('ed25519')
    const text = Buffer.from('signed')
    const signature = sign('sha256', text, createPrivateKey(keys.rsaPrivateKeyPem))
    expect(verify('sha256', text, createPublicKey(keys.rsaPublicKeyPem), signature)).toBe(true)
    const proof = sign(null, text, createPrivateKey(keys.ed25519PrivateKeyPem))
    expect(verify(null, text, createPublicKey(keys.ed25519PublicKeyPem), proof)).toBe(true)
    const other = await createLocalActor(ctx, { handle: 'keyed2', type: 'Person', ownerUserId })
    expect((await findLocalKeys(ctx.db, other.id))?.rsaPublicKeyPem).not.toBe(keys.rsaPublicKeyPem)
  })

  it('cannot take a handle that somebody has or had, in any case of letters, even at the same moment', async () => {
    const { id: ownerUserId } = await make.user(ctx)
    await make.actor(ctx, { handle: 'Taken' })
    await make.actor(ctx, { handle: 'gone', deletedAt: new Date() })
    const create = (handle: string) => createLocalActor(ctx, { handle, type: 'Person', ownerUserId })
    const isTaken = { status: 422, details: { handle: [{ error: 'ERR_TAKEN' }] } }
    await expect(create('taken')).rejects.toMatchObject(isTaken)
    await expect(create('gone')).rejects.toMatchObject(isTaken)
    await expect(create('admin')).rejects.toMatchObject({ details: { handle: [{ error: 'ERR_RESERVED' }] } })
    const both = await Promise.all([1, 2].map(() => prepareLocalActor(ctx, { handle: 'contested', type: 'Person' })))
    const outcomes = await Promise.allSettled(
      both.map((prepared) => transaction(ctx.db, (tx) => insertLocalActor(tx, prepared, ownerUserId))),
    )
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: isTaken })
  })
})

describe('the actor of the instance', () => {
  it('is made once, however many ask for it, and is found by its address', async () => {
    const made = await Promise.all([1, 2, 3].map(() => ensureInstanceActor(ctx)))
    expect(new Set(made.map(({ id }) => id)).size).toBe(1)
    expect(made[0]).toMatchObject({ type: 'Application', handle: 'here.example', host: null })
    expect(await resolveActorIri(ctx, 'https://here.example/actor')).toEqual(made[0])
    const rows = await ctx.db.select().from(instance)
    expect(rows).toMatchObject([{ actorId: made[0]?.id }])
    expect(rows[0]?.mediaSecret.length).toBeGreaterThan(40)
  })
})

describe('a remote actor', () => {
  it('is stored with its inbox, and its pictures wait until somebody looks', async () => {
    const given = remoteInput()
    const actor = await storeRemoteActor(ctx, given)
    expect(actor).toMatchObject({
      iri: given.iri,
      host: 'far.example',
      followersIri: given.followers,
      fetchedAt: ctx.now(),
      publishedAt: given.publishedAt,
      avatar: { state: 'ready', remoteUrl: given.avatarUrl },
      header: null,
      fields: [{ name: 'Site', value: 'x', verifiedAt: null }],
    })
    const [inbox] = await ctx.db.select().from(inboxes).where(eq(inboxes.url, 'https://far.example/inbox'))
    expect(inbox).toMatchObject({ id: actor.deliveryInboxId, host: 'far.example' })
    expect(await ctx.db.select().from(hosts).where(eq(hosts.host, 'far.example'))).toHaveLength(1)
    expect(await findActorByKeyId(ctx.db, `${given.iri}#main-key`)).toEqual(actor)
    expect(await findActorByAcct(ctx.db, given.handle.toUpperCase(), 'FAR.example')).toEqual(actor)
    expect(await takeFacts(ctx)).toEqual([])
  })

  it('is stored once when several meet it at the same moment', async () => {
    const given = remoteInput()
    const stored = await Promise.all([1, 2, 3].map(() => storeRemoteActor(ctx, given)))
    expect(new Set(stored.map(({ id }) => id)).size).toBe(1)
    expect(
      await ctx.db
        .select()
        .from(media)
        .where(eq(media.actorId, stored[0]?.id ?? '')),
    ).toHaveLength(1)
  })

  it('is delivered to at its own inbox when its server has no shared one', async () => {
    const actor = await storeRemoteActor(ctx, remoteInput({ sharedInbox: null }))
    const [inbox] = await ctx.db
      .select()
      .from(inboxes)
      .where(eq(inboxes.id, actor.deliveryInboxId ?? ''))
    expect(inbox?.url).toBe(actor.inbox)
  })

  it('takes over what its document says now, and keeps a picture whose address stays', async () => {
    const given = remoteInput()
    const before = await storeRemoteActor(ctx, given)
    const same = await storeRemoteActor(ctx, { ...given, name: 'New', publishedAt: null, isSuspended: true })
    expect(same).toMatchObject({ id: before.id, name: 'New', publishedAt: before.publishedAt, suspendedAt: ctx.now() })
    expect(same.avatar?.id).toBe(before.avatar?.id)
    const other = await storeRemoteActor(ctx, { ...given, avatarUrl: 'https://cdn.far.example/b.png' })
    expect(other.suspendedAt).toBeNull()
    expect(other.avatar?.id).not.toBe(before.avatar?.id)
    const [retired] = await ctx.db
      .select()
      .from(media)
      .where(eq(media.id, before.avatar?.id ?? ''))
    expect(retired?.deletedAt).toEqual(ctx.now())
    expect((await storeRemoteActor(ctx, { ...given, avatarUrl: null })).avatar).toBeNull()
  })

  it('never becomes a group, and a group nothing else', async () => {
    const [person, group] = [remoteInput({ type: 'Person' }), remoteInput({ type: 'Group' })]
    await storeRemoteActor(ctx, person)
    await storeRemoteActor(ctx, group)
    expect((await storeRemoteActor(ctx, { ...person, type: 'Group' })).type).toBe('Person')
    expect((await storeRemoteActor(ctx, { ...group, type: 'Service' })).type).toBe('Group')
    expect((await storeRemoteActor(ctx, { ...person, type: 'Organization' })).type).toBe('Organization')
  })

  it('was not made in the future', async () => {
    const actor = await storeRemoteActor(ctx, remoteInput({ publishedAt: new Date('2999-01-01') }))
    expect(actor.publishedAt).toEqual(ctx.now())
  })

  it('that is gone is hidden at once with what it had to do with others, and may come back', async () => {
    const given = remoteInput()
    const actor = await storeRemoteActor(ctx, given)
    const { actor: local } = await make.actor(ctx)
    await make.follow(ctx, { followerId: actor.id, followeeId: local.id })
    await make.follow(ctx, { followerId: local.id, followeeId: actor.id })
    await deleteRemoteActor(ctx, actor.id)
    await deleteRemoteActor(ctx, actor.id)
    expect(await findActor(ctx.db, actor.id)).toMatchObject({
      deletedAt: ctx.now(),
      name: '',
      summary: '',
      avatar: null,
    })
    expect(await findFollowBetween(ctx.db, actor.id, local.id)).toBeNull()
    expect(await findActor(ctx.db, local.id)).toMatchObject({ followersCount: 0, followingCount: 0 })
    expect(await takeFacts(ctx)).toMatchObject([{ type: 'actor.deleted', actorId: actor.id, isLocal: false }])
    expect(await findByAcct(ctx, `${given.handle}@far.example`)).toBeNull()
    expect(await storeRemoteActor(ctx, given)).toMatchObject({ id: actor.id, deletedAt: null, name: 'Anna' })
  })

  it('cannot be a local one', async () => {
    const { actor } = await make.actor(ctx)
    await expect(deleteRemoteActor(ctx, actor.id)).rejects.toThrow('local')
    expect((await findActor(ctx.db, actor.id))?.deletedAt).toBeNull()
  })
})

describe('deleting a local actor', () => {
  it('is for its owners, acting as it, and not for the organisation that runs the instance', async () => {
    const { actor, viewer } = await make.actor(ctx)
    const { viewer: stranger } = await make.actor(ctx)
    const admin = await make.member(ctx, actor.id, 'admin')
    await expect(deleteActor(ctx, admin, actor.id)).rejects.toMatchObject({ status: 403 })
    await expect(deleteActor(ctx, stranger, actor.id)).rejects.toMatchObject({ status: 403 })
    await ensureInstanceActor(ctx)
    await ctx.db.update(instance).set({ organizationId: actor.id })
    await expect(deleteActor(ctx, viewer, actor.id)).rejects.toMatchObject({ status: 403 })
    await ctx.db.update(instance).set({ organizationId: null })
    await deleteActor(ctx, viewer, actor.id)
    await deleteActor(ctx, viewer, actor.id)
    expect(await takeFacts(ctx)).toMatchObject([{ type: 'actor.deleted', actorId: actor.id, isLocal: true }])
  })

  it('ends everybody’s right to act as it, keeps its keys for the last message, and its handle for ever', async () => {
    const { actor, viewer } = await make.actor(ctx)
    await deleteActor(ctx, viewer, actor.id)
    expect(await ctx.db.select().from(memberships).where(eq(memberships.actorId, actor.id))).toEqual([])
    expect(await findLocalKeys(ctx.db, actor.id)).not.toBeNull()
    expect(await findLocalActor(ctx.db, actor.handle)).toMatchObject({ id: actor.id, deletedAt: ctx.now() })
    await expect(prepareLocalActor(ctx, { handle: actor.handle, type: 'Person' })).rejects.toMatchObject({
      status: 422,
    })
  })

  it('empties what it said by and by, and takes its likes out of the counts', async () => {
    const [{ actor, viewer }, { actor: other }] = [await make.actor(ctx), await make.actor(ctx)]
    const write = async (actorId: string) => {
      const row = { actorId, visibility: 'public', content: '<p>Words</p>', source: 'Words' } as const
      const [post] = await ctx.db.insert(posts).values(row).returning({ id: posts.id })
      return post?.id ?? ''
    }
    const [own, kept] = [await write(actor.id), await write(other.id)]
    await ctx.db.insert(likes).values({ actorId: actor.id, postId: kept })
    const activityIri = 'https://there.example/reactions/1'
    await ctx.db.insert(emojiReactions).values({ actorId: actor.id, postId: kept, emoji: '👍', activityIri })
    const read = async (id: string) => (await ctx.db.select().from(posts).where(eq(posts.id, id)))[0]
    expect((await read(kept))?.likesCount).toBe(1)
    await deleteActor(ctx, viewer, actor.id)
    expect(await purgeDeletedActors(ctx)).toBe(2)
    expect(await read(own)).toMatchObject({ content: '', source: null, deletedAt: ctx.now() })
    expect(await read(kept)).toMatchObject({ content: '<p>Words</p>', deletedAt: null, likesCount: 0 })
    expect(await ctx.db.$count(emojiReactions, eq(emojiReactions.postId, kept))).toBe(0)
    expect(await purgeDeletedActors(ctx)).toBe(0)
  })
})

describe('finding actors', () => {
  it('keeps the order of a list of ids and leaves out who is not there', async () => {
    const [a, b] = [await make.remoteActor(ctx), (await make.actor(ctx)).actor]
    expect((await listActors(ctx.db, [b.id, '1', a.id, 'x', '99999999999999999999'])).map(({ id }) => id)).toEqual([
      b.id,
      a.id,
    ])
    expect(await listActors(ctx.db, [])).toEqual([])
  })

  it('knows its own addresses in every form, and takes a name elsewhere for somebody else', async () => {
    const { actor } = await make.actor(ctx, { handle: 'Found' })
    for (const iri of ['https://here.example/users/found', 'https://here.example/@FOUND']) {
      expect((await resolveActorIri(ctx, iri))?.id).toBe(actor.id)
    }
    expect(await resolveActorIri(ctx, 'https://there.example/users/found')).toBeNull()
    expect(await resolveActorIri(ctx, 'https://here.example/users/found/statuses/1')).toBeNull()
    const twin = await make.remoteActor(ctx, { handle: 'found' })
    expect((await findByAcct(ctx, '@found@there.example'))?.id).toBe(twin.id)
    expect((await findByAcct(ctx, '@found@here.example'))?.id).toBe(actor.id)
  })

  it('prefers whom a server names now to whom it has deleted', async () => {
    const old = await make.remoteActor(ctx, { handle: 'reborn', iri: 'https://there.example/users/1' })
    const current = await make.remoteActor(ctx, { handle: 'reborn', iri: 'https://there.example/users/2' })
    expect((await findActorByAcct(ctx.db, 'reborn', 'there.example'))?.id).toBe(current.id)
    await deleteRemoteActor(ctx, current.id)
    expect((await findActorByAcct(ctx.db, 'reborn', 'there.example'))?.id).toBe(old.id)
  })
})

describe('a picture that has become ready', () => {
  it('is told to other servers when it stands in a local profile', async () => {
    const { actor } = await make.actor(ctx)
    const row = { state: 'ready', key: uniqueName('k'), mime: 'image/jpeg', actorId: actor.id } as const
    const [picture] = await ctx.db.insert(media).values(row).returning({ id: media.id })
    const mediaId = picture?.id ?? ''
    await transaction(ctx.db, (tx) => announcePicture(tx, mediaId))
    expect(await takeFacts(ctx)).toEqual([])
    const { actor: shown } = await make.actor(ctx, { headerMediaId: mediaId })
    await transaction(ctx.db, (tx) => announcePicture(tx, mediaId))
    expect(await takeFacts(ctx)).toMatchObject([{ type: 'actor.updated', actorId: shown.id, isLocal: true }])
  })
})

describe('many addresses', () => {
  it('are read in two queries, ours and others, and what nobody has is left out', async () => {
    const [one, two] = [await make.actor(ctx), await make.actor(ctx)]
    const [far, further] = [await make.remoteActor(ctx), await make.remoteActor(ctx)]
    const iris = [
      ctx.uris.actor(one.actor.handle),
      ctx.uris.actor(two.actor.handle.toUpperCase()),
      far.iri ?? '',
      further.iri ?? '',
      ctx.uris.actor('nobody_at_all'),
      'https://gone.example/users/none',
    ]
    let found = new Map<string, { id: string }>()
    const queries = await countQueries(ctx.db, async () => {
      found = await resolveActorIris(ctx, iris)
    })
    expect(iris.map((iri) => found.get(iri)?.id)).toEqual([
      one.actor.id,
      two.actor.id,
      far.id,
      further.id,
      undefined,
      undefined,
    ])
    expect(queries).toBe(2)
  })
})
