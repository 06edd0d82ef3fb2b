import type { Ctx } from '#src/context.ts'
import { findActivity } from '#src/db/deliveries.ts'
import type { Effect, GroupDeed } from '#src/effects.ts'
import { type Actor, getActor } from '#src/features/actors/queries.ts'
import { findGroup } from '#src/features/groups/queries.ts'
import { findPublication } from '#src/features/posts/publication-queries.ts'
import { iriOfActor } from './actors.ts'
import { bareContext, groupActContext, plainContext, publicAudience, toTime } from './context.ts'
import { between, type Origin, type Outgoing } from './outgoing.ts'
import { iriOfPost } from './posts.ts'
import { seal } from './seal.ts'

type Of<T> = Omit<Extract<Effect, { type: T }>, 'type'>

/** An activity as its server wrote it, to be passed on by a group. */
export type Wrapped = Readonly<{ id: string; group: Actor; isPrivate: boolean; body: string; author: string; at: Date }>

/**
 * The Announce by which a group passes an activity on: its bytes stand in it as they came, so that a proof in it holds.
 * @see https://w3id.org/fep/1b12
 */
export async function wrap(ctx: Ctx, { id, group, isPrivate, body, author, at }: Wrapped): Promise<string> {
  const followers = ctx.uris.followers(group.handle)
  const announce = {
    '@context': bareContext,
    id,
    type: 'Announce',
    actor: iriOfActor(ctx, group),
    published: toTime(at),
    to: [isPrivate ? followers : publicAudience],
    cc: [...(isPrivate ? [] : [followers]), author],
    object: JSON.parse(body),
  }
  const { object, ...frame } = JSON.parse(await seal(ctx, group, announce, { at, isPublic: !isPrivate }))
  return `${JSON.stringify(frame).slice(0, -1)},"object":${body}}`
}

/** What groups say: what they pass on, refuse, and what those who look after them do. */
export const groupBuilders = {
  'group.announced': buildAnnounced,
  'group.refused': buildRefusal,
  'group.moderated': buildDeed,
}

/** It was written when it was taken; its members get it, and who said it, whose server may wait for it. */
async function buildAnnounced(
  ctx: Ctx,
  { groupId, actorId }: Of<'group.announced'>,
  origin: Origin,
): Promise<Outgoing | null> {
  const stored = await findActivity(ctx.db, origin.id)
  return stored && { ...stored, audience: { followersOf: groupId, actorIds: [actorId] } }
}

async function buildRefusal(
  ctx: Ctx,
  { groupId, actorId, activityIri, reason }: Of<'group.refused'>,
  origin: Origin,
): Promise<Outgoing | null> {
  const [group, author] = [await getActor(ctx.db, groupId), await getActor(ctx.db, actorId)]
  // To one of ours the message says it.
  if (author.host === null) return null
  const [actor, to] = [iriOfActor(ctx, group), [iriOfActor(ctx, author)]]
  const reject = { '@context': plainContext, id: origin.iri, type: 'Reject', actor, to, object: activityIri }
  const document = { ...reject, summary: reason }
  return between(document, { origin, actorId: groupId, otherId: actorId, type: 'Reject' })
}

/** What a moderator of ours has done: an activity of the moderator, which the group passes on. */
async function buildDeed(ctx: Ctx, fact: Of<'group.moderated'>, origin: Origin): Promise<Outgoing | null> {
  const group = await findGroup(ctx.db, fact.groupId)
  if (!group) return null
  const [actor, moderator] = [await getActor(ctx.db, group.actorId), await getActor(ctx.db, fact.actorId)]
  const subject = await subjectOf(ctx, fact.done)
  if (!subject) return null
  const groupIri = iriOfActor(ctx, actor)
  const isPublic = !group.isPrivate
  const said = {
    actor: iriOfActor(ctx, moderator),
    to: [isPublic ? publicAudience : ctx.uris.followers(actor.handle)],
    cc: [groupIri],
    audience: groupIri,
  }
  const deed = {
    '@context': groupActContext,
    id: `${origin.iri}#deed`,
    ...said,
    ...toDeed(ctx, fact.done, {
      object: subject.iri,
      group: groupIri,
      handle: actor.handle,
      // Lemmy reads what is taken back as an activity of its own, with an actor and `to`.
      undone: { id: `${origin.iri}#undone`, ...said },
    }),
  }
  // It is passed on, so it has to prove by itself who said it, whoever may read it.
  const body = await seal(ctx, moderator, deed, { at: origin.at, isPublic: true })
  const announce = await wrap(ctx, {
    ...{ id: origin.iri, group: actor, isPrivate: group.isPrivate },
    ...{ body, author: subject.authorIri, at: origin.at },
  })
  return {
    ...{ id: origin.id, actorId: actor.id, type: 'Announce', body: announce, postId: null },
    recipientIds: isPublic ? null : [],
    audience: { followersOf: actor.id, actorIds: [subject.authorId] },
  }
}

type Subject = Readonly<{ iri: string; authorId: string; authorIri: string }>

async function subjectOf(ctx: Ctx, done: GroupDeed): Promise<Subject | null> {
  if ('targetId' in done) {
    const target = await getActor(ctx.db, done.targetId)
    const iri = iriOfActor(ctx, target)
    return { iri, authorId: target.id, authorIri: iri }
  }
  const publication = await findPublication(ctx.db, done.postId)
  if (!publication) return null
  const { post, author } = publication
  const iri = iriOfPost(ctx, { id: post.id, iri: post.iri, authorHandle: author.handle })
  return { iri, authorId: author.id, authorIri: iriOfActor(ctx, author) }
}

type Names = Readonly<{ object: string; group: string; handle: string; undone: object }>

function toDeed(ctx: Ctx, done: GroupDeed, { object, group, handle, undone }: Names): object {
  const [moderators, featured] = [ctx.uris.moderators(handle), ctx.uris.featured(handle)]
  switch (done.deed) {
    case 'remove':
      return { type: 'Delete', object, ...(done.reason ? { summary: done.reason } : {}) }
    case 'restore':
      return { type: 'Undo', object: { ...undone, type: 'Delete', object } }
    case 'lock':
      return { type: 'Lock', object }
    case 'unlock':
      return { type: 'Undo', object: { ...undone, type: 'Lock', object } }
    case 'ban': {
      const more = { ...(done.until ? { endTime: done.until } : {}), ...(done.reason ? { summary: done.reason } : {}) }
      return { type: 'Block', object, target: group, ...more, ...(done.removesPosts ? { removeData: true } : {}) }
    }
    case 'unban':
      return { type: 'Undo', object: { ...undone, type: 'Block', object, target: group } }
    case 'appoint':
      return { type: 'Add', object, target: moderators }
    case 'dismiss':
      return { type: 'Remove', object, target: moderators }
    case 'pin':
      return { type: 'Add', object, target: featured }
    case 'unpin':
      return { type: 'Remove', object, target: featured }
  }
}
