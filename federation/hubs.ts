import type { Ctx } from '#src/context.ts'
import { hasLocalFollower } from '#src/features/follows/queries.ts'
import { findTopicByContext } from '#src/features/groups/hub-queries.ts'
import { findBoostByActivity, findPost, type Post } from '#src/features/posts/queries.ts'
import { knowActor } from './actors.ts'
import { fetchDocument } from './documents.ts'
import { receiveBlockIn, receiveLikeIn, receiveLockIn, receivePinningIn, receiveUndoIn } from './hub-acts.ts'
import { type Inner, mayModerate } from './hub-authority.ts'
import {
  type Announced,
  keepAndPlace,
  receiveCreateIn,
  receiveDeleteIn,
  receiveObject,
  receiveUpdateIn,
  takeOut,
} from './hub-posts.ts'
import { type Hub, isHub, isInHub } from './hub-scope.ts'
import { lookupsOf } from './known.ts'
import { isSameOrigin } from './origin.ts'
import { receiveBoostActivity, receiveUndoAnnounce } from './reactions.ts'
import { type Activity, type ActivityType, type InnerActivity, isActivity, readActivity } from './read/activity.ts'
import { isIgnored, isObject, isRefused, type JsonObject, listOf } from './read/json.ts'
import { anyTypeOf, firstIdOf, idOf } from './read/values.ts'
import { findKnownPost } from './receive-posts.ts'

/** Of what is announced together. */
const mostTogether = 50

type ReceiveIn = (ctx: Ctx, announced: Announced, inner: Inner) => Promise<string>

/** What is done with each activity that a group passes on. What is not here is not for groups to say, or counts nothing (Dislike). */
const receivers: Partial<Record<ActivityType, ReceiveIn>> = {
  Create: receiveCreateIn,
  Update: receiveUpdateIn,
  Delete: receiveDeleteIn,
  Like: receiveLikeIn,
  Undo: receiveUndoIn,
  Add: (ctx, announced, inner) => receivePinningIn(ctx, announced, inner, true),
  Remove: (ctx, announced, inner) => receivePinningIn(ctx, announced, inner, false),
  Block: receiveBlockIn,
  Lock: receiveLockIn,
}

/** A boost by somebody, or what a group passes on to its followers. `isLate`: what it passed on later may have been done before. */
export async function receiveAnnounce(ctx: Ctx, activity: Activity, isLate: boolean): Promise<string> {
  const actor = await knowActor(ctx, activity.actor)
  if (!actor) return 'ignored: the actor cannot be read'
  const isOfSeveral = listOf(activity.raw.object).length > 1
  if (isHub(actor)) {
    const announced = { hub: actor, announce: activity, isLate }
    return isOfSeveral ? receiveSeveral(ctx, announced) : receiveFromHub(ctx, announced)
  }
  if (isOfSeveral) return 'ignored: several-objects'
  const { embedded } = activity.object
  if (embedded && isActivity(embedded)) return 'ignored: only groups pass on activities'
  return receiveBoostActivity(ctx, activity, actor)
}

/** What PieFed announces together is taken as if it came one by one. What is over the limit comes when somebody asks for it. */
async function receiveSeveral(ctx: Ctx, announced: Announced): Promise<string> {
  const { id, raw } = announced.announce
  const outcomes: string[] = []
  for (const [index, object] of listOf(raw.object).slice(0, mostTogether).entries()) {
    // A boost each, and no two of them can have one id.
    const part = readActivity({ ...raw, id: index === 0 ? id : `${id}#${index}`, object })
    const isReadable = !isRefused(part) && !isIgnored(part)
    outcomes.push(isReadable ? await receiveFromHub(ctx, { ...announced, announce: part }) : 'ignored: unreadable')
  }
  return outcomes.find((outcome) => outcome === 'done') ?? outcomes[0] ?? 'ignored: no-object'
}

/** @see https://w3id.org/fep/1b12 */
async function receiveFromHub(ctx: Ctx, announced: Announced): Promise<string> {
  const { hub, announce } = announced
  const object = announcedBy(announce)
  if (!object) return 'ignored: an announcement in an announcement in an announcement'
  if (!(await isWanted(ctx, hub, object))) return 'ignored: nobody here follows the group'
  const { id, embedded } = object
  if (embedded) {
    return isActivity(embedded) ? receiveInner(ctx, announced, embedded) : receiveObject(ctx, announced, object)
  }
  // What is named by its id alone may be a post or an activity: its server says which.
  const isKnown = !id || ctx.uris.publicUrl === new URL(id).origin || (await findKnownPost(ctx, id)) !== null
  return isKnown ? receiveObject(ctx, announced, object) : receiveNamed(ctx, announced, id)
}

async function receiveNamed(ctx: Ctx, announced: Announced, iri: string): Promise<string> {
  const answer = await fetchDocument(ctx, iri)
  if (isRefused(answer)) return `ignored: ${answer.refused}`
  const { document } = answer
  if (!isActivity(document)) return keepAndPlace(ctx, announced, document)
  const activity = readActivity(document)
  if (isRefused(activity) || isIgnored(activity)) return 'ignored: it cannot be read'
  // Where it stands says who made it: an address speaks for nobody elsewhere.
  if (!isSameOrigin(answer.iri, activity.actor)) return 'ignored: it is of another origin than its actor'
  return receiveInner(ctx, announced, document)
}

async function receiveInner(ctx: Ctx, announced: Announced, document: JsonObject): Promise<string> {
  const activity = readActivity(document)
  if (isRefused(activity)) return `ignored: ${activity.refused}`
  if (isIgnored(activity)) return `ignored: ${activity.ignored}`
  const receive = receivers[activity.type]
  return receive ? receive(ctx, announced, { activity, document }) : `ignored: ${activity.type}`
}

/** What is announced. NodeBB 4 announces what was announced to it: one announcement is opened, and no more. */
function announcedBy({ object }: Activity): Activity['object'] | null {
  const inner = object.embedded && anyTypeOf(object.embedded) === 'Announce' ? readActivity(object.embedded) : null
  if (!inner) return object
  if (isRefused(inner) || isIgnored(inner)) return null
  const { embedded } = inner.object
  return embedded && anyTypeOf(embedded) === 'Announce' ? null : inner.object
}

/** What a group says is of use when somebody here follows it, or when we have what it is about, or the topic of that. */
async function isWanted(ctx: Ctx, hub: Hub, { id, embedded }: Activity['object']): Promise<boolean> {
  if (await hasLocalFollower(ctx.db, hub.id)) return true
  const inner = isObject(embedded?.object) ? embedded.object : embedded
  const named = [id, firstIdOf(embedded?.object), firstIdOf(inner?.inReplyTo), firstIdOf(inner?.object)]
  for (const iri of named) {
    if (iri && (await findKnownPost(ctx, iri))) return true
  }
  return false
}

/**
 * A post is taken out of a group without being announced: by the group itself, or, as NodeBB 4 does it with a Remove or a Move of a conversation,
 * by somebody who decides about what is in the group. Null when it is about something else.
 */
export async function receiveTakingOut(ctx: Ctx, activity: Activity): Promise<string | null> {
  const { object, actor } = activity
  if (!object.id || object.id === actor) return null
  const hub = (await findHub(ctx, actor)) ?? (await findHub(ctx, containerOf(activity)))
  if (!hub || (activity.target && activity.target === hub.featuredIri)) return null
  const post = (await findKnownPost(ctx, object.id)) ?? (await findByContext(ctx, hub, object.id))
  // What a group has written itself, it deletes as anybody does.
  if (!post || post.actorId === hub.id || !(await isInHub(ctx, hub, post))) return null
  if (activity.type === 'Delete') return receiveDeleteIn(ctx, { hub }, { activity, document: activity.raw })
  if (!(await mayModerate(ctx, hub, actor))) return 'ignored: it is by nobody who decides about what is in the group'
  return takeOut(ctx, hub, { post, byIri: actor })
}

/** What something is taken out of: of a Remove the target, of a Move the origin. */
function containerOf({ type, target, raw }: Activity): string | null {
  if (type === 'Remove') return target
  return type === 'Move' ? idOf(raw.origin) : null
}

/** NodeBB 4 takes out whole conversations, by their addresses. */
async function findByContext(ctx: Ctx, hub: Hub, iri: string | null): Promise<Post | null> {
  const topicId = iri ? await findTopicByContext(ctx.db, hub.id, [iri]) : null
  return topicId ? findPost(ctx.db, topicId) : null
}

/** A boost is taken back. A topic that a group no longer announces is not in it any more. */
export async function receiveUndoOfAnnounce(ctx: Ctx, activity: Activity, inner: InnerActivity): Promise<string> {
  const hub = await findHub(ctx, activity.actor)
  const post = hub && (await findUndone(ctx, hub, inner))
  if (hub && post && (await isInHub(ctx, hub, post))) return takeOut(ctx, hub, { post, byIri: hub.iri })
  return receiveUndoAnnounce(ctx, activity, inner)
}

async function findUndone(ctx: Ctx, hub: Hub, { id, object }: InnerActivity): Promise<Post | null> {
  const boost = id ? await findBoostByActivity(ctx.db, hub.id, id) : null
  return boost?.boostOfId ? findPost(ctx.db, boost.boostOfId) : findKnownPost(ctx, object)
}

/** Who has something here is known here: nobody is fetched to find out. */
async function findHub(ctx: Ctx, iri: string | null): Promise<Hub | null> {
  const actor = iri ? await lookupsOf(ctx).actor(iri) : null
  return isHub(actor) && !actor.deletedAt && !actor.suspendedAt ? actor : null
}
