import { createHash } from 'node:crypto'
import type { Ctx } from '#src/context.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { countForwarded, findActivity, isForwarded, storeForwarded } from '#src/db/deliveries.ts'
import type { InboxRow } from '#src/db/inbox.ts'
import { lockByName } from '#src/db/tombstones.ts'
import { type Effect, emit } from '#src/effects.ts'
import { type Actor, findActor, findActorByIri } from '#src/features/actors/queries.ts'
import { findReplyEnds } from '#src/features/posts/consent-queries.ts'
import { findPost, findPostByIri, findVisiblePost, type Post } from '#src/features/posts/queries.ts'
import type { Origin, Outgoing } from './outgoing.ts'
import { isProvenBy } from './proven.ts'
import type { Activity, ActivityType } from './read/activity.ts'
import { isObject, type JsonObject } from './read/json.ts'
import { addressesOf } from './read/values.ts'
import { hasLinkedDataSignature } from './reference.ts'

/** What may be passed on: what is said about one of our posts. */
const forwardable: ReadonlySet<ActivityType> = new Set(['Create', 'Update', 'Delete', 'Announce'])

/**
 * Passes on what somebody elsewhere answered to one of our posts, to the followers of its author, when it is addressed to them: their
 * servers got the post from us, and would not hear of the answer otherwise. The same bytes, once, and only what proves by itself who said
 * it: a proof, or the linked-data signature for which Mastodon asks.
 * @see https://www.w3.org/TR/activitypub/#inbox-forwarding
 */
export async function forwardReply(ctx: Ctx, activity: Activity, row: InboxRow): Promise<void> {
  if (!forwardable.has(activity.type) || !isForFollowersHere(ctx, activity)) return
  const [sender, post] = [await findActorByIri(ctx.db, activity.actor), await findSubject(ctx, activity)]
  const author = post && (await findActor(ctx.db, post.actorId))
  // What a group announces goes to its followers, and is answered with nothing.
  if (sender?.type === 'Group' && activity.type === 'Announce') return
  if (!sender?.host || !author || author.host !== null || author.deletedAt || author.suspendedAt) return
  if (!addressedBy(activity).includes(ctx.uris.followers(author.handle))) return
  // Who may not see the post, or is not wanted by its author, reaches nobody through us.
  if (!(await findVisiblePost(ctx.db, sender.id, post.id))) return
  if (!(await isSealed(ctx, sender, row))) return
  await transaction(ctx.db, (tx) => store(tx, { activity, author, body: row.body, now: ctx.now() }))
}

/** Asked first, since it is so of hardly any activity and costs nothing. */
function isForFollowersHere(ctx: Ctx, activity: Activity): boolean {
  return addressedBy(activity).some((iri) => iri.startsWith(`${ctx.uris.publicUrl}/`) && iri.endsWith('/followers'))
}

function addressedBy({ to, cc, raw, object: { embedded } }: Activity): string[] {
  const inner = isObject(embedded) ? [embedded.to, embedded.cc] : []
  return [...to, ...cc, ...[raw.audience, ...inner].flatMap(addressesOf)]
}

/** The post of ours that an activity is about: what is answered, or boosted. Of a deleted answer we still know what it answered; what is not let in is nobody's. */
async function findSubject(ctx: Ctx, { type, object: { id } }: Activity): Promise<Post | null> {
  if (!id) return null
  if (type === 'Announce') {
    const target = ctx.uris.read(id)
    return target?.kind === 'post' ? findPost(ctx.db, target.id) : null
  }
  const reply = await findPostByIri(ctx.db, id)
  const consent = reply?.inReplyToId ? (await findReplyEnds(ctx.db, reply.id))?.consent : null
  if (consent && consent.state !== 'accepted' && type !== 'Delete') return null
  return reply?.inReplyToId ? findPost(ctx.db, reply.inReplyToId) : null
}

async function isSealed(ctx: Ctx, sender: Actor, { authority, body }: InboxRow): Promise<boolean> {
  if (authority === 'proof') return true
  const document = JSON.parse(body) as JsonObject
  return hasLinkedDataSignature(document) || (await isProvenBy(sender, document, ctx.now()))
}

/** What one server can have passed on to the followers of one of ours within an hour: nobody borrows them for more. */
const mostAnHour = 60

type Forwarded = Readonly<{ activity: Activity; author: Actor; body: string; now: Date }>

async function store(tx: Tx, { activity, author, body, now }: Forwarded): Promise<void> {
  const { id, type, actor } = activity
  // Hollo sends changed content under one constant id.
  const key = type === 'Update' ? `${id} ${createHash('sha256').update(body).digest('base64url')}` : id
  await lockByName(tx, key)
  if (await isForwarded(tx, key)) return
  const since = new Date(now.getTime() - 3_600_000)
  const keysFrom = `${new URL(actor).origin}/`
  if ((await countForwarded(tx, { actorId: author.id, keysFrom, since })) >= mostAnHour) return
  const effect = { type: 'activity.forwarded', actorId: author.id, exceptHost: new URL(actor).host } as const
  await storeForwarded(tx, { id: await emit(tx, effect), actorId: author.id, type, body, key })
}

type Of<T> = Omit<Extract<Effect, { type: T }>, 'type'>

/** What is passed on, as it came. */
export async function buildForwarded(
  ctx: Ctx,
  { actorId, exceptHost }: Of<'activity.forwarded'>,
  origin: Origin,
): Promise<Outgoing | null> {
  const stored = await findActivity(ctx.db, origin.id)
  return stored && { ...stored, audience: { followersOf: actorId, actorIds: [], exceptHost } }
}
