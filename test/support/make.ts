import { randomBytes } from 'node:crypto'
import type { Ctx, Viewer } from '#src/context.ts'
import { type ActorKeys, generateActorKeys } from '#src/core/keys.ts'
import { hashPassword } from '#src/core/secrets.ts'
import { transaction } from '#src/db/client.ts'
import { actors, localActors } from '#src/db/schema/actors.ts'
import { follows } from '#src/db/schema/follows.ts'
import { media } from '#src/db/schema/media.ts'
import { pollBallots, polls } from '#src/db/schema/polls.ts'
import type { posts } from '#src/db/schema/posts.ts'
import type { quotes } from '#src/db/schema/quotes.ts'
import { memberships } from '#src/db/schema/teams.ts'
import { users } from '#src/db/schema/users.ts'
import { type Actor, findActor } from '#src/features/actors/queries.ts'
import { ensureInbox } from '#src/features/actors/remote-queries.ts'
import { toHashtags } from '#src/features/posts/hashtags.ts'
import { insertQuote } from '#src/features/posts/quote-queries.ts'
import { insertHashtags, insertPost, insertRecipients, nextPostId } from '#src/features/posts/write-queries.ts'
import type { MemberRole } from '#src/features/teams/policy.ts'

/** A login that can sign in with this password. */
export type MadeUser = Readonly<{ id: string; email: string; password: string }>

/** A local actor, and a member of its team who acts as it with every scope. */
export type MadeActor = Readonly<{ actor: Actor; viewer: Viewer }>

/** The password of every made user. */
export const PASSWORD = 'correct horse battery staple'

const everyScope = ['read', 'write', 'follow', 'push']

let count = 0
/** A name that no other row of this process has. */
export const uniqueName = (stem: string) => `${stem}${++count}`

// Made once: argon2id and RSA keys are slow on purpose, and these tests are not about them.
let passwordHash: Promise<string> | undefined
let keys: Promise<ActorKeys> | undefined

async function user(ctx: Ctx, values: { email?: string; isAdmin?: boolean } = {}): Promise<MadeUser> {
  passwordHash ??= hashPassword(PASSWORD)
  const email = values.email ?? `${uniqueName('user')}@mail.example`
  const row = { email, passwordHash: await passwordHash, isAdmin: values.isAdmin ?? false }
  const [made] = await ctx.db.insert(users).values(row).returning({ id: users.id })
  if (!made) throw new Error('the user was not made')
  return { id: made.id, email, password: PASSWORD }
}

/** Adds somebody to the team of an actor; a new user unless `userId` names one. */
async function member(ctx: Ctx, actorId: string, role: MemberRole, userId?: string): Promise<Viewer> {
  const id = userId ?? (await user(ctx)).id
  await ctx.db.insert(memberships).values({ userId: id, actorId, role })
  return { userId: id, actorId, role, scopes: everyScope, appId: null }
}

async function actor(
  ctx: Ctx,
  values: Partial<typeof actors.$inferInsert> & { isOpen?: boolean; role?: MemberRole; userId?: string } = {},
): Promise<MadeActor> {
  keys ??= generateActorKeys()
  const { isOpen, role = 'owner', userId, ...row } = values
  const handle = row.handle ?? uniqueName('actor')
  const inserted = { type: 'Person', name: handle, isLocked: !isOpen, ...row, handle } as const
  const [made] = await ctx.db.insert(actors).values(inserted).returning({ id: actors.id })
  if (!made) throw new Error('the actor was not made')
  await ctx.db.insert(localActors).values({ actorId: made.id, ...(await keys) })
  const viewer = await member(ctx, made.id, role, userId)
  return { actor: await existing(ctx, made.id), viewer }
}

async function remoteActor(ctx: Ctx, values: Partial<typeof actors.$inferInsert> = {}): Promise<Actor> {
  const handle = values.handle ?? uniqueName('remote')
  const host = values.host ?? 'there.example'
  const iri = values.iri ?? `https://${host}/users/${handle}`
  const inboxUrl = values.sharedInbox ?? values.inbox ?? `https://${host}/inbox`
  const deliveryInboxId = await transaction(ctx.db, (tx) => ensureInbox(tx, inboxUrl))
  const [made] = await ctx.db
    .insert(actors)
    .values({
      type: 'Person',
      name: handle,
      url: `https://${host}/@${handle}`,
      inbox: `${iri}/inbox`,
      sharedInbox: `https://${host}/inbox`,
      deliveryInboxId,
      outbox: `${iri}/outbox`,
      followersIri: `${iri}/followers`,
      followingIri: `${iri}/following`,
      publicKeyId: `${iri}#main-key`,
      fetchedAt: ctx.now(),
      ...values,
      handle,
      host,
      iri,
    })
    .returning({ id: actors.id })
  if (!made) throw new Error('the remote actor was not made')
  return existing(ctx, made.id)
}

type FollowValues = Partial<typeof follows.$inferInsert> & { followerId: string; followeeId: string }

/** A follow, accepted unless `state` says otherwise; nothing is sent. */
async function follow(ctx: Ctx, values: FollowValues): Promise<typeof follows.$inferSelect> {
  const [made] = await ctx.db
    .insert(follows)
    .values({ state: 'accepted', requestedAt: ctx.now(), ...values })
    .returning()
  if (!made) throw new Error('the follow was not made')
  return made
}

type PostValues = Partial<typeof posts.$inferInsert> & {
  actorId: string
  /** Actors to whom it is addressed by name, mentioned unless `mentions` is false. */
  recipientIds?: readonly string[]
  mentions?: boolean
  hashtags?: readonly string[]
}

/** A post; of a remote author when it has an `iri`. */
async function post(ctx: Ctx, values: PostValues): Promise<{ id: string }> {
  const { recipientIds = [], mentions = true, hashtags = [], ...row } = values
  const publishedAt = row.publishedAt ?? ctx.now()
  const content = row.content ?? `<p>${uniqueName('post')}</p>`
  return ctx.db.transaction(async (tx) => {
    const id = await nextPostId(tx, publishedAt)
    const rest = { visibility: 'public', source: row.iri ? null : content, conversationId: id, ...row } as const
    await insertPost(tx, { ...rest, id, publishedAt, content })
    await insertRecipients(
      tx,
      id,
      recipientIds.map((actorId) => ({ actorId, isMention: mentions })),
    )
    await insertHashtags(tx, id, toHashtags(hashtags))
    return { id }
  })
}

/** A boost of a post. */
async function boost(ctx: Ctx, values: PostValues & { boostOfId: string }): Promise<{ id: string }> {
  return post(ctx, { content: '', source: null, conversationId: null, ...values })
}

/** That a post quotes another one, with its author's consent unless `state` says otherwise. */
async function quote(
  ctx: Ctx,
  values: Partial<typeof quotes.$inferInsert> & { postId: string; quotedId: string },
): Promise<{ id: string }> {
  const id = await ctx.db.transaction((tx) => insertQuote(tx, { state: 'accepted', isOpen: true, ...values }))
  return { id }
}

/** A poll of a post, with two options; whoever votes takes the first. */
async function poll(
  ctx: Ctx,
  values: Partial<typeof polls.$inferInsert> & { postId: string; voterIds?: readonly string[] },
): Promise<{ id: string }> {
  const { voterIds = [], ...row } = values
  const endsAt = new Date(ctx.now().getTime() + 86_400_000)
  const [made] = await ctx.db
    .insert(polls)
    .values({
      options: ['One', 'Two'],
      tallies: [voterIds.length, 0],
      votersCount: voterIds.length,
      isMultiple: false,
      endsAt,
      ...row,
    })
    .returning({ id: polls.id })
  if (!made) throw new Error('the poll was not made')
  for (const actorId of voterIds) {
    await ctx.db.insert(pollBallots).values({ pollId: made.id, actorId, choices: [0], isMultiple: false })
  }
  return made
}

/** A picture that is ready to be attached, or belongs to a post; there are no files. */
async function picture(
  ctx: Ctx,
  values: Partial<typeof media.$inferInsert> & { actorId: string },
): Promise<{ id: string; key: string }> {
  const variant = (edge: number) => ({
    file: `${edge}.jpg`,
    mime: 'image/jpeg',
    width: edge,
    height: edge,
    bytes: 1_000,
  })
  const key = randomBytes(16).toString('hex')
  const facts = {
    state: 'ready',
    mime: 'image/jpeg',
    width: 1280,
    height: 1280,
    variants: [variant(640), variant(1280)],
  } as const
  const [made] = await ctx.db
    .insert(media)
    .values({ ...facts, variants: [...facts.variants], key, ...values })
    .returning({ id: media.id, key: media.key })
  if (!made) throw new Error('the picture was not made')
  return made
}

async function existing(ctx: Ctx, id: string): Promise<Actor> {
  const found = await findActor(ctx.db, id)
  if (!found) throw new Error(`actor ${id} is not there`)
  return found
}

/** Rows for tests, each with sensible values that the test may override. They are written directly: no fact is recorded. */
export const make = { user, member, actor, remoteActor, follow, post, boost, poll, quote, picture }
