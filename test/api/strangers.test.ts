import { Readable } from 'node:stream'
import { eq, type SQL, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AudienceRows, cutAudience } from '#src/db/audiences.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { loadDelivery } from '#src/db/deliveries.ts'
import { deleteFree, holds, idleTags, listFree, purges, strangers } from '#src/db/purges.ts'
import { actors, suggestionDismissals } from '#src/db/schema/actors.ts'
import { audit } from '#src/db/schema/audit.ts'
import { blocks } from '#src/db/schema/blocks.ts'
import { directConversations } from '#src/db/schema/conversations.ts'
import { activities, deliveries, hosts, inboxes } from '#src/db/schema/deliveries.ts'
import { effects } from '#src/db/schema/effects.ts'
import { groupBans } from '#src/db/schema/groups.ts'
import { inboxActivities } from '#src/db/schema/inbox.ts'
import { media } from '#src/db/schema/media.ts'
import { mutes } from '#src/db/schema/mutes.ts'
import { accountNotes } from '#src/db/schema/notes.ts'
import { notificationPermissions, notifications } from '#src/db/schema/notifications.ts'
import { oauthApps, oauthTokens } from '#src/db/schema/oauth.ts'
import { postSubmissions, tags } from '#src/db/schema/posts.ts'
import { relays } from '#src/db/schema/relays.ts'
import { reports } from '#src/db/schema/reports.ts'
import { featuredTags, tagFollows } from '#src/db/schema/tags.ts'
import { emit } from '#src/effects.ts'
import { forgetStrangers } from '#src/features/actors/strangers.ts'
import { findAppByClientId, type OAuthApp } from '#src/features/oauth/app-queries.ts'
import { forgetApps, registerApp } from '#src/features/oauth/apps.ts'
import { giveConsent } from '#src/features/oauth/codes.ts'
import { pruneCodes, revokeToken } from '#src/features/oauth/queries.ts'
import { createAppToken, createToken } from '#src/features/oauth/service.ts'
import { insertHashtags, pruneSubmissions } from '#src/features/posts/write-queries.ts'
import { forgetTags } from '#src/features/tags/service.ts'
import { createTestContext, type TestContext } from '#test/support/context.ts'
import { eventually } from '#test/support/eventually.ts'
import { type MadeActor, make, uniqueName } from '#test/support/make.ts'

const day = 86_400_000
const ago = (days: number) => new Date(test.ctx.now().getTime() - days * day)

let test: TestContext
let lea: MadeActor
beforeAll(async () => {
  test = await createTestContext()
  lea = await make.actor(test.ctx)
})
afterAll(() => test.close())

const db = () => test.ctx.db
const stranger = (values: Partial<typeof actors.$inferInsert> = {}) =>
  make.remoteActor(test.ctx, { fetchedAt: ago(31), ...values })
const isThere = async (id: string) =>
  (await db().select({ id: actors.id }).from(actors).where(eq(actors.id, id))).length > 0

/** What ties somebody elsewhere to somebody here, each by itself. */
const ties: Record<string, (id: string, iri: string) => Promise<unknown>> = {
  'was heard of lately': (id) =>
    db()
      .update(actors)
      .set({ fetchedAt: ago(29) })
      .where(eq(actors.id, id)),
  'is limited by a decision': (id) => db().update(actors).set({ restriction: 'limit' }).where(eq(actors.id, id)),
  'follows one of ours': (id) => make.follow(test.ctx, { followerId: id, followeeId: lea.actor.id }),
  'was refused as a follower': (id) =>
    make.follow(test.ctx, { followerId: id, followeeId: lea.actor.id, state: 'rejected' }),
  'is blocked': (id) => db().insert(blocks).values({ actorId: lea.actor.id, blockedId: id }),
  'blocks one of ours': (id) => db().insert(blocks).values({ actorId: id, blockedId: lea.actor.id }),
  'is muted': (id) => db().insert(mutes).values({ actorId: lea.actor.id, mutedId: id, hidesNotifications: true }),
  'is kept out of a group': (id) => db().insert(groupBans).values({ groupId: lea.actor.id, actorId: id }),
  'is noted': (id) => db().insert(accountNotes).values({ actorId: lea.actor.id, aboutId: id, comment: 'x' }),
  'is reported': (id) => db().insert(reports).values({ actorId: lea.actor.id, targetId: id, comment: '' }),
  'is not to be suggested': (id) =>
    db().insert(suggestionDismissals).values({ actorId: lea.actor.id, dismissedId: id }),
  'was let through': (id) => db().insert(notificationPermissions).values({ actorId: lea.actor.id, fromActorId: id }),
  'was told of': (id) => db().insert(notifications).values({ actorId: lea.actor.id, fromActorId: id, kind: 'follow' }),
  'has written': (id, iri) => make.post(test.ctx, { actorId: id, iri: `${iri}/1` }),
  'has written what was deleted': (id, iri) => make.post(test.ctx, { actorId: id, iri: `${iri}/2`, deletedAt: ago(3) }),
  'is addressed': (id) => make.post(test.ctx, { actorId: lea.actor.id, recipientIds: [id] }),
  'is answered': (id) => make.post(test.ctx, { actorId: lea.actor.id, inReplyToActorId: id }),
  'was written to in a conversation': (id) =>
    db()
      .insert(directConversations)
      .values({ actorId: lea.actor.id, threadId: '1', participantIds: [id], lastPostId: '1', isUnread: false }),
  'may fetch an activity': (id) =>
    db()
      .insert(activities)
      .values({ id, actorId: lea.actor.id, type: 'Delete', body: '{}', recipientIds: [id] }),
  'is in a fact that waits': (id) =>
    db()
      .insert(effects)
      .values({ type: 'actor.updated', payload: { of: [{ actorId: id }] }, isLocal: false }),
  'is in a fact that was given up': (id) =>
    db()
      .insert(effects)
      .values({
        type: 'actor.updated',
        payload: { actorId: id },
        isLocal: false,
        dispatchedAt: ago(9),
        parkedAt: ago(8),
      }),
  'has said what waits': (_id, iri) =>
    db().insert(inboxActivities).values({ actorIri: iri, activityKey: iri, authority: 'signature', body: '{}' }),
  'has brought what waits': (_id, iri) =>
    db()
      .insert(inboxActivities)
      .values({ actorIri: 'https://x.example/', signerIri: iri, activityKey: iri, authority: 'none', body: '{}' }),
  'was decided about': (id) =>
    db().insert(audit).values({ actorId: lea.actor.id, action: 'actor.restricted', subjectId: id }),
  'is where somebody has moved': (_id, iri) => make.remoteActor(test.ctx, { movedToIri: iri }),
  'is an alias of one of ours': (_id, iri) => make.actor(test.ctx, { alsoKnownAs: [iri] }),
  'has a picture whose file is not swept yet': (id) =>
    make.picture(test.ctx, { actorId: id, remoteUrl: 'https://x.example/a.png', deletedAt: ago(1) }),
}

describe('somebody elsewhere (row 82)', () => {
  it.each(Object.keys(ties))('who %s stays', async (tie) => {
    const { id, iri } = await stranger()
    await ties[tie]?.(id, String(iri))
    await forgetStrangers(test.ctx)
    expect(await isThere(id)).toBe(true)
  })

  it('with whom nobody here has to do is forgotten after thirty days, with the copy of the picture', async () => {
    const { id } = await stranger()
    const remoteUrl = 'https://there.example/a.png'
    const picture = await make.picture(test.ctx, { actorId: id, remoteUrl, cachedAt: ago(40), variants: [] })
    await db().update(actors).set({ avatarMediaId: picture.id }).where(eq(actors.id, id))
    await test.ctx.storage.put(`${picture.key}/remote`, Readable.from(['x']))
    expect(await forgetStrangers(test.ctx)).toBe(1)
    expect(await isThere(id)).toBe(false)
    expect(await db().select().from(media).where(eq(media.id, picture.id))).toEqual([])
    expect(await test.ctx.storage.open(`${picture.key}/remote`)).toBeNull()
  })

  it('whom somebody begins to follow at that moment stays, and so does the follow', async () => {
    const { id } = await stranger()
    const before = ago(30)
    expect((await listFree(db(), strangers, { before, after: null })).free).toContain(id)
    let begun = () => {}
    const isBegun = new Promise<void>((resolve) => {
      begun = resolve
    })
    let end = () => {}
    const isEnded = new Promise<void>((resolve) => {
      end = resolve
    })
    const following = db().transaction(async (tx) => {
      await make.follow({ ...test.ctx, db: tx as never }, { followerId: lea.actor.id, followeeId: id })
      begun()
      await isEnded
    })
    await isBegun
    expect(await deleteFree(db(), strangers, { before, keys: [id] })).toBe(0)
    end()
    await following
    expect(await deleteFree(db(), strangers, { before, keys: [id] })).toBe(0)
    expect(await isThere(id)).toBe(true)
  })
})

describe('inboxes and servers of nobody (row 82)', () => {
  const old = async (host: string) => {
    await db()
      .insert(hosts)
      .values({ host, createdAt: ago(40) })
    const id = String((BigInt(ago(40).getTime()) << 16n) + BigInt(uniqueName('').slice(0)))
    await db()
      .insert(inboxes)
      .values({ id, url: `https://${host}/inbox`, host })
    return id
  }
  const left = async () => {
    const [i, h] = [await db().select().from(inboxes), await db().select().from(hosts)]
    return { ids: i.map(({ id }) => id), hosts: h.map(({ host }) => host) }
  }

  it('go, but for those of a relay, of somebody whom we keep and of what is still to be delivered', async () => {
    const [idle, relay, waiting, kept] = [
      await old('idle.example'),
      await old('relay.example'),
      await old('waiting.example'),
      await old('kept.example'),
    ]
    await db().insert(relays).values({ inboxUrl: 'https://relay.example/inbox', inboxId: relay })
    await db().insert(activities).values({ id: '77', actorId: lea.actor.id, type: 'Create', body: '{}' })
    await db()
      .insert(deliveries)
      .values({ activityId: '77', inboxIds: [waiting] })
    await make.remoteActor(test.ctx, { host: 'kept.example', sharedInbox: 'https://kept.example/inbox' })
    await forgetStrangers(test.ctx)
    const { ids, hosts: names } = await left()
    expect(ids).not.toContain(idle)
    expect(ids).toEqual(expect.arrayContaining([relay, waiting, kept]))
    expect(names).not.toContain('idle.example')
    expect(names).toEqual(expect.arrayContaining(['relay.example', 'waiting.example', 'kept.example']))
  })
})

describe('an inbox to which something is being addressed while idle ones are forgotten (row 82)', () => {
  const address = { followersOf: null, actorIds: [], isPersonal: false, inboxIds: [], isEverybody: false }
  const nobodyElse = { exceptHost: null, parting: null, heldPostId: null, isSynchronised: false }
  const idOf = (days: number) => String((BigInt(ago(days).getTime()) << 16n) + BigInt(uniqueName('').slice(0)))
  const rememberInbox = async (url: string, host: string) => {
    const id = idOf(40)
    await db().insert(inboxes).values({ id, url, host })
    return id
  }

  /** Where a message goes that is cut while the purge runs. */
  const goesTo = async (audience: Partial<AudienceRows>) => {
    const id = idOf(0)
    await db().insert(activities).values({ id, actorId: lea.actor.id, type: 'Create', body: '{}' })
    const pieces = await transaction(db(), async (tx) => {
      const cut = await cutAudience(tx, id, { ...address, ...nobodyElse, ...audience })
      await forgetStrangers(test.ctx)
      return cut
    })
    const found = await Promise.all(pieces.map((piece) => loadDelivery(db(), piece)))
    return found.flatMap((delivery) => delivery?.inboxes.map(({ url }) => url) ?? [])
  }

  it('stays where it is that of one actor', async () => {
    const [host, inbox] = ['own.example', 'https://own.example/users/rosa/inbox']
    const { id } = await make.remoteActor(test.ctx, { host, inbox, sharedInbox: `https://${host}/inbox` })
    await rememberInbox(inbox, host)
    expect(await goesTo({ actorIds: [id], isPersonal: true })).toEqual([inbox])
  })

  it('stays where it got the post before', async () => {
    const [host, inbox] = ['before.example', 'https://before.example/users/rosa/inbox']
    await db().insert(hosts).values({ host })
    const inboxId = await rememberInbox(inbox, host)
    const effectId = idOf(40)
    const { id: heldPostId } = await make.post(test.ctx, { actorId: lea.actor.id, effectId })
    await db().insert(activities).values({ id: effectId, actorId: lea.actor.id, type: 'Create', body: '{}' })
    await db()
      .insert(deliveries)
      .values({ activityId: effectId, inboxIds: [inboxId], finishedAt: ago(40) })
    expect(await goesTo({ heldPostId })).toEqual([inbox])
  })

  it('stays where it is that of a relay that was left a moment ago', async () => {
    const [host, inboxUrl] = ['left.example', 'https://left.example/inbox']
    await db().insert(hosts).values({ host })
    const inboxId = await rememberInbox(inboxUrl, host)
    await transaction(db(), (tx) => emit(tx, { type: 'relay.left', inboxId, inboxUrl, effectId: '1' }))
    await forgetStrangers(test.ctx)
    expect(await db().select().from(inboxes).where(eq(inboxes.id, inboxId))).toHaveLength(1)
  })
})

describe('hashtags of nobody (row 82)', () => {
  it('go after thirty days; one in a post, one that is followed and one that is featured stay', async () => {
    const make1 = async (name: string, createdAt = ago(31)) => {
      const [row] = await db().insert(tags).values({ name, label: name, createdAt }).returning()
      return String(row?.id)
    }
    await make.post(test.ctx, { actorId: lea.actor.id, hashtags: ['inapost'] })
    await db()
      .update(tags)
      .set({ createdAt: ago(31) })
    const [followed, featured] = [await make1('followed'), await make1('featured')]
    await make1('idle')
    await make1('young', ago(29))
    await db().insert(tagFollows).values({ actorId: lea.actor.id, tagId: followed })
    await db().insert(featuredTags).values({ actorId: lea.actor.id, tagId: featured })
    expect(await forgetTags(test.ctx)).toBe(1)
    const names = (await db().select().from(tags)).map(({ name }) => name)
    expect(names.toSorted()).toEqual(['featured', 'followed', 'inapost', 'young'])
  })

  const before = new Date(0)
  const idle = async (name: string) => {
    const [tag] = await db()
      .insert(tags)
      .values({ name, label: name, createdAt: new Date(before.getTime() - day) })
      .returning()
    return String(tag?.id)
  }
  const namesOf = async (postId: string) =>
    (
      await db().execute<{ name: string }>(sql`select name from tags join post_tags on tag_id = id
      where post_id = ${postId} order by name`)
    ).map(({ name }) => name)
  const write = (tx: Tx, postId: string, names: readonly string[]) =>
    insertHashtags(
      tx,
      postId,
      names.map((name) => ({ name, label: name })),
    )

  it('stand in a post that takes them up at that moment, whenever it does', async () => {
    const key = await idle('taken')
    const { id } = await make.post(test.ctx, { actorId: lea.actor.id })
    const forget = () => deleteFree(db(), idleTags, { before, keys: [key] })
    await transaction(db(), async (tx) => {
      // They are forgotten before each statement and after the last one.
      const statement = (run: typeof tx.execute) => async (query: SQL) => forget().then(() => run(query))
      const between = Object.assign(Object.create(tx), { execute: statement(tx.execute.bind(tx)) })
      await write(between as Tx, id, ['taken', 'beside'])
      expect(await forget()).toBe(0)
    })
    expect(await namesOf(id)).toEqual(['beside', 'taken'])
  })

  it('stand in a post that waits for them to be forgotten', async () => {
    const key = await idle('waited')
    const { id } = await make.post(test.ctx, { actorId: lea.actor.id })
    const { promise: isForgotten, resolve: forgotten } = Promise.withResolvers<void>()
    const { promise: isEnded, resolve: end } = Promise.withResolvers<void>()
    const forgetting = transaction(db(), async (tx) => {
      await tx.delete(tags).where(eq(tags.id, key))
      forgotten()
      await isEnded
    })
    await isForgotten
    const writing = transaction(db(), (tx) => write(tx, id, ['other', 'waited']))
    await eventually(async () =>
      expect(
        await db().execute(
          sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        ),
      ).toHaveLength(1),
    )
    end()
    await Promise.all([forgetting, writing])
    expect(await namesOf(id)).toEqual(['other', 'waited'])
  })

  it('are one where two posts make them at once', async () => {
    const posts = await Promise.all(Array.from({ length: 8 }, () => make.post(test.ctx, { actorId: lea.actor.id })))
    await Promise.all(
      posts.map(({ id }, n) => transaction(db(), (tx) => write(tx, id, n % 2 ? ['one', 'two'] : ['two', 'one']))),
    )
    for (const { id } of posts) expect(await namesOf(id)).toEqual(['one', 'two'])
  })
})

describe('client programs of nobody (row 82)', () => {
  const redirectUri = 'https://elk.example/oauth'
  const register = async (name: string) =>
    (await registerApp(test.ctx, { name, redirectUris: [redirectUri], scopes: 'read', website: null })).app
  /** So many programs, each a millisecond younger than the one before it. */
  const registerMany = (count: number, from: Date) =>
    db().execute(sql`insert into oauth_apps (client_id, client_secret_hash, name, redirect_uris, scopes, created_at)
      select 'many ' || n, '', n, '{}', '{}', ${from.toISOString()}::timestamptz + n * interval '1 millisecond'
      from generate_series(1, ${count}::int) n`)
  const ours = () => ({ userId: lea.viewer.userId, actorId: lea.actor.id })
  const later = (days: number) => ({ ...test.ctx, now: () => ago(-days) })
  const isKnown = async ({ clientId }: OAuthApp) => (await findAppByClientId(db(), clientId)) !== null

  it('stay for ever when somebody has once let them in, since web clients keep one registration for all', async () => {
    const [consented, used] = [await register('Consented to'), await register('Used')]
    const scopes = ['read'] as const
    await giveConsent(test.ctx, { ...ours(), app: consented, scopes, redirectUri, codeChallenge: null })
    const { id } = await createToken(test.ctx, { ...ours(), scopes, appId: used.id })
    await revokeToken(db(), id, test.ctx.now())
    await pruneCodes(db(), ago(-100))
    await registerMany(10_001, ago(-1))
    expect(await forgetApps(later(100))).toBe(1)
    expect(await db().select().from(oauthTokens)).toEqual([])
    expect([await isKnown(consented), await isKnown(used)]).toEqual([true, true])
  })

  it('go, the oldest first, only where there are more than ten thousand that nobody has ever let in', async () => {
    const names = async () => (await db().select().from(oauthApps)).map(({ name }) => name)
    await db().delete(oauthApps)
    await registerMany(9_998, ago(100))
    const [held, idle] = [await register('Alone, with a token'), await register('Alone')]
    for (const { id } of [held, idle])
      await db()
        .update(oauthApps)
        .set({ createdAt: ago(200) })
        .where(eq(oauthApps.id, id))
    await createAppToken(test.ctx, { app: held, isProven: true }, undefined)
    expect(await forgetApps(test.ctx)).toBe(0)
    const newest = [await register('Newest'), await register('Newer still')]
    expect(await forgetApps(test.ctx)).toBe(1)
    expect([await isKnown(held), await isKnown(idle)]).toEqual([true, false])
    await Promise.all([register('One more'), register('Two more')])
    expect(await forgetApps(test.ctx)).toBe(2)
    expect(await Promise.all(newest.map(isKnown))).toEqual([true, true])
    const left = await names()
    expect(left).not.toContain('2')
    expect(left).toContain('3')
    expect(await forgetApps(later(91))).toBe(1)
    expect(await isKnown(held)).toBe(false)
  })

  it('lose tokens thirty days after their end, and those that stand for nobody ninety days after their last use', async () => {
    const { id: appId } = await register('With tokens')
    const token = (values: Partial<typeof oauthTokens.$inferInsert>) => ({
      ...{ tokenHash: uniqueName('t'), appId, scopes: [], createdAt: ago(100) },
      ...values,
    })
    const kept = [token(ours()), token({ ...ours(), revokedAt: ago(29) }), token({ lastUsedAt: ago(80) })]
    await db()
      .insert(oauthTokens)
      .values([...kept, token({ ...ours(), revokedAt: ago(31) }), token({}), token({ lastUsedAt: ago(91) })])
    await forgetApps(test.ctx)
    const left = (await db().select().from(oauthTokens)).map(({ tokenHash }) => tokenHash)
    expect(left.toSorted()).toEqual(kept.map(({ tokenHash }) => tokenHash).toSorted())
  })

  it('leave the keys of submissions behind for an hour', async () => {
    const { id: postId } = await make.post(test.ctx, { actorId: lea.actor.id })
    const rows = [0.5, 1.5].map((hours) => ({ ...ours(), postId, key: `${hours}`, createdAt: ago(hours / 24) }))
    await db().insert(postSubmissions).values(rows)
    await pruneSubmissions(db(), ago(1 / 24))
    expect((await db().select().from(postSubmissions)).map(({ key }) => key)).toEqual(['0.5'])
  })
})

describe('what refers to rows that may go (row 82)', () => {
  // One row, or a few: nothing is saved by an index.
  const small = ['instance.actor_id', 'instance.organization_id', 'relays.inbox_id']

  it('holds them, whatever tables there are, and is found by an index', async () => {
    const rows = await db().execute<{ from: string; to: string; has_index: boolean }>(sql`
      select c.conrelid::regclass || '.' || a.attname as from, c.confrelid::regclass::text as to,
        exists (select from pg_index i where i.indrelid = c.conrelid and i.indkey[0] = c.conkey[1] and (i.indpred is null
            or pg_get_expr(i.indpred, i.indrelid) = format('(%I IS NOT NULL)', a.attname))) as has_index
      from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
      where c.contype = 'f'`)
    for (const purge of purges) {
      const condition = JSON.stringify(await holds(db(), purge))
      const references = rows.filter(({ to }) => to === purge.table)
      expect(references.length).toBeGreaterThan(0)
      for (const { from, has_index } of references) {
        const [table, column] = from.split('.')
        const isHeld = condition.includes(`from ${table} x where x.${column} =`)
        expect(isHeld, from).toBe(!purge.goesAlong.includes(from))
        if (!small.includes(from)) expect(has_index, `${from} has an index`).toBe(true)
      }
    }
    // What goes along is of the row alone. A table is named here only when nobody has decided anything by it.
    expect(purges.flatMap(({ goesAlong }) => goesAlong)).toEqual(['media.actor_id'])
  })

  it('holds them from the day on which its table is made', async () => {
    await db().execute(sql`create table newcomers (tag_id bigint references tags (id) on delete cascade)`)
    const [row] = await db()
      .insert(tags)
      .values({ name: 'new', label: 'new', createdAt: ago(99) })
      .returning()
    await db().execute(sql`insert into newcomers values (${row?.id})`)
    expect((await listFree(db(), idleTags, { before: ago(30), after: null })).free).not.toContain(row?.id)
    await db().execute(sql`drop table newcomers`)
  })
})
