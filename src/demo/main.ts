import { Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import type { Ctx, Viewer } from '#src/context.ts'
import { makeToken } from '#src/core/secrets.ts'
import { conflict } from '#src/errors.ts'
import { updateProfile } from '#src/features/actors/edit.ts'
import { createLocalActor } from '#src/features/actors/service.ts'
import { acceptFollow, requestFollow } from '#src/features/follows/service.ts'
import { completeSetup, countUsage, prepareSetup } from '#src/features/instance/service.ts'
import { getOwnMedia, storeUpload } from '#src/features/media/service.ts'
import { boostPost } from '#src/features/posts/boost.ts'
import { createPost } from '#src/features/posts/create.ts'
import { likePost } from '#src/features/reactions/service.ts'
import { createUser } from '#src/features/users/service.ts'
import { gather } from './hub.ts'
import type { Scene } from './scenes.ts'
import { sell, stock } from './shop.ts'
import { actors, type DemoActor, type DemoPost, follows, posts, reactions } from './story.ts'

/** Who looks after the organisations. People have logins of their own: `lea@…`. */
const email = 'demo@entremise.example'

/** Between one post and the next: an account that says everything in one minute is read by nobody. */
const pauseMs = 17 * 3_600_000

/** Pictures are made by the worker; a slow machine needs a while for all of them. */
const patienceMs = 120_000

/**
 * Fills an empty instance with three organisations, people, pictures, follows, shops, a group and posts, through the same services that people use. Says
 * what it is at, since the pictures take a while, and prints how to sign in.
 * @throws Problem `conflict` on an instance that has data
 */
export async function seedDemo(ctx: Ctx): Promise<void> {
  const setupUrl = await prepareSetup(ctx)
  const { users, localPosts } = await countUsage(ctx)
  if (!setupUrl || users > 0 || localPosts > 0) {
    throw conflict(
      'This instance has data, and --demo only fills an empty one. Start without --demo, or with another DATA_DIR.',
    )
  }
  const password = makeToken().slice(0, 16)
  const viewers = await makeActors(ctx, { token: new URL(setupUrl).searchParams.get('token') ?? '', password })
  await makeFollows(ctx, viewers)
  tell('Filling the shops')
  const wares = await stock(
    ctx,
    (handle) => get(viewers, handle),
    (viewer, picture) => upload(ctx, viewer, picture),
  )
  tell('Opening a group')
  await gather(ctx, {
    viewerOf: (handle) => get(viewers, handle),
    upload: (viewer, picture) => upload(ctx, viewer, picture),
  })
  const ids = await makePosts(ctx, viewers, wares)
  for (const { by, kind, post } of reactions) {
    const [viewer, id] = [get(viewers, by), get(ids, post)]
    await (kind === 'like' ? likePost(ctx, viewer, id) : boostPost(ctx, viewer, id))
  }
  await sell(ctx, (handle) => get(viewers, handle), wares)
  tell(`The demonstration is there. Sign in as ${email} with the password ${password}`)
  const people = actors.filter(({ type }) => type === 'Person').map(({ handle }) => emailOf(handle))
  tell(`To see it as one of its people: ${people.join(', ')}, with the same password.`)
}

function tell(sentence: string): void {
  process.stdout.write(`${sentence}\n`)
}

const emailOf = (handle: string) => email.replace('demo', handle)

async function makeActors(ctx: Ctx, setup: { token: string; password: string }): Promise<Map<string, Viewer>> {
  const [first, ...others] = actors
  if (!first) throw new Error('the demonstration has nobody in it')
  const { userId, organizationId } = await completeSetup(ctx, setup.token, {
    email,
    password: setup.password,
    instanceName: 'Entremise',
    instanceDescription: 'Trois maisons et leurs gens, pour voir. Three houses and their people, to have a look.',
    organizationName: first.name,
    handle: first.handle,
    locale: null,
  })
  const viewers = new Map([[first.handle, toViewer(userId, organizationId)]])
  for (const { handle, type, name, isOpen = false } of others) {
    const isPerson = type === 'Person'
    const owner = isPerson ? (await createUser(ctx, { email: emailOf(handle), password: setup.password })).id : userId
    const { id } = await createLocalActor(ctx, { handle, type, name, isOpen, ownerUserId: owner })
    viewers.set(handle, toViewer(owner, id))
  }
  for (const [index, actor] of actors.entries()) {
    tell(`Painting profile ${index + 1} of ${actors.length}: ${actor.name}`)
    await dress(ctx, get(viewers, actor.handle), actor)
  }
  return viewers
}

async function dress(ctx: Ctx, viewer: Viewer, { avatar, summary, fields }: DemoActor): Promise<void> {
  const avatarMediaId = await upload(ctx, viewer, { scene: avatar, alt: '' })
  await updateProfile(ctx, viewer, {
    summary,
    fields: [...fields],
    avatarMediaId,
    isDiscoverable: true,
    isIndexable: true,
  })
}

async function makeFollows(ctx: Ctx, viewers: ReadonlyMap<string, Viewer>): Promise<void> {
  for (const { from, to, answer } of follows) {
    const [follower, followee] = [get(viewers, from), get(viewers, to)]
    await requestFollow(ctx, follower, { actorId: followee.actorId })
    const isLocked = !actors.find(({ handle }) => handle === to)?.isOpen
    if (answer === 'accept' && isLocked) await acceptFollow(ctx, followee, follower.actorId)
  }
}

async function makePosts(
  ctx: Ctx,
  viewers: ReadonlyMap<string, Viewer>,
  wares: ReadonlyMap<string, string>,
): Promise<Map<string, string>> {
  const ids = new Map<string, string>()
  for (const [index, post] of posts.entries()) {
    tell(`Publishing post ${index + 1} of ${posts.length}${post.pictures ? ', with its pictures' : ''}`)
    const at = new Date(ctx.now().getTime() - (posts.length - index) * pauseMs)
    ids.set(post.key, await publish(ctx, get(viewers, post.by), { post, ids, wares, at }))
  }
  return ids
}

type Publication = Readonly<{
  post: DemoPost
  ids: ReadonlyMap<string, string>
  wares: ReadonlyMap<string, string>
  at: Date
}>

async function publish(ctx: Ctx, viewer: Viewer, { post, ids, wares, at }: Publication): Promise<string> {
  const mediaIds: string[] = []
  for (const picture of post.pictures ?? []) mediaIds.push(await upload(ctx, viewer, picture))
  const { text, language, visibility = 'public', replyTo } = post
  const then = { ...ctx, now: () => at }
  return createPost(then, viewer, {
    text,
    language,
    visibility,
    mediaIds,
    products: toWishes(post, { wares, mediaIds }),
    inReplyToId: replyTo ? get(ids, replyTo) : null,
  })
}

function toWishes(
  { products = [] }: DemoPost,
  { wares, mediaIds }: { wares: ReadonlyMap<string, string>; mediaIds: readonly string[] },
) {
  const [mediaId = ''] = mediaIds
  return products.map(({ key, x, y }) => ({ productId: get(wares, key), spot: { mediaId, x, y } }))
}

async function upload(ctx: Ctx, viewer: Viewer, { scene, alt }: { scene: Scene; alt: string }): Promise<string> {
  const { id } = await storeUpload(ctx, viewer, { stream: Readable.from([scene()]), description: alt })
  const until = Date.now() + patienceMs
  for (;;) {
    const picture = await getOwnMedia(ctx, viewer, id)
    if (picture.state === 'ready') return id
    if (picture.state === 'refused') throw new Error(`a picture of the demonstration was refused: ${picture.refusal}`)
    if (Date.now() > until)
      throw new Error('the pictures of the demonstration were not made in time: is the worker running?')
    await wait(50)
  }
}

function toViewer(userId: string, actorId: string): Viewer {
  return { userId, actorId, role: 'owner', scopes: ['read', 'write', 'follow', 'push'], appId: null }
}

function get<T>(map: ReadonlyMap<string, T>, key: string): T {
  const value = map.get(key)
  if (value === undefined) throw new Error(`the demonstration speaks of ${key}, who is not in it`)
  return value
}
