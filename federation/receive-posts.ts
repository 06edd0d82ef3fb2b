import type { Ctx } from '#src/context.ts'
import { type Actor, findActor, findActorByIri } from '#src/features/actors/queries.ts'
import { hasLocalFollower } from '#src/features/follows/queries.ts'
import { receiveCounts } from '#src/features/polls/receive.ts'
import { findMeantVisibility } from '#src/features/posts/consent-queries.ts'
import { listRecipients } from '#src/features/posts/publication-queries.ts'
import { findPost, findPostByIri, type Post } from '#src/features/posts/queries.ts'
import { addRecipient, type RemotePostInput, receivePost } from '#src/features/posts/receive.ts'
import { receivePostDeleted, receivePostEdit } from '#src/features/posts/receive-changes.ts'
import { receiveInteractionNews } from '#src/features/posts/receive-consents.ts'
import { receiveQuoteNews } from '#src/features/posts/receive-quotes.ts'
import { knowActor } from './actors.ts'
import { readAddressees } from './addressees.ts'
import { fetchDocument } from './documents.ts'
import { isSomebodyHere, lookupsOf } from './known.ts'
import { isSameOrigin } from './origin.ts'
import { readQuoteGroups, resolveQuote } from './quoted.ts'
import type { Activity } from './read/activity.ts'
import { toAddressing } from './read/addressing.ts'
import { isUnaddressed } from './read/carried.ts'
import { isRefused, type JsonObject } from './read/json.ts'
import { type ReadNote, readNote } from './read/note.ts'
import { readPoll } from './read/poll.ts'
import { idOf } from './read/values.ts'
import { resolveConsent } from './receive-consents.ts'
import { resolveOffers } from './receive-products.ts'
import { readReactionPolicies, readReplyPolicy } from './replies.ts'
import { wishThread } from './thread-wishes.ts'
import { receiveVoteNote } from './votes.ts'

/** How far up a conversation is fetched: a post that is known at this depth brings nothing with it. */
export const mostParents = 10

/** How far quotes in quotes are fetched. */
const mostQuotes = 2

/** What is said of a post with which nobody here has to do. */
export const unasked = 'ignored: nobody here asked for it'

/** A post that we have, by its id: ours or another server's. */
export async function findKnownPost(ctx: Ctx, iri: string | null): Promise<Post | null> {
  if (!iri) return null
  const target = ctx.uris.read(iri)
  const known = lookupsOf(ctx)
  const post = target?.kind === 'post' ? await known.post(target.id) : target ? null : await known.postByIri(iri)
  return post && !post.deletedAt ? post : null
}

/** A post by its id: one that we have, or one read from its server now. Null when there is none to be had. */
export async function knowPost(ctx: Ctx, iri: string, depth = 0): Promise<Post | null> {
  const known = await findKnownPost(ctx, iri)
  if (known || ctx.uris.publicUrl === new URL(iri).origin) return known
  const fetched = await fetchDocument(ctx, iri)
  if (isRefused(fetched)) return null
  // The address may have led to one that we have, or to one of ours.
  return (await findKnownPost(ctx, fetched.iri)) ?? storePostDocument(ctx, fetched.document, depth)
}

/** Stores a document that was fetched at its own id. There an object may only speak for actors of its origin. */
export async function storePostDocument(ctx: Ctx, document: JsonObject, depth = 0): Promise<Post | null> {
  const note = readNote(document, ctx.now())
  if (isRefused(note) || note.isVote || !isSameOrigin(note.iri, note.attributedTo)) return null
  // Ours are never read from elsewhere, whoever leads us to them.
  if (isSameOrigin(note.iri, ctx.uris.publicUrl)) return null
  const author = await knowActor(ctx, note.attributedTo)
  const id = author && (await store(ctx, { note, author, document, recipientId: null, depth }))
  return id ? findPost(ctx.db, id) : null
}

type Incoming = Readonly<{
  note: ReadNote
  author: Actor
  document: JsonObject
  recipientId: string | null
  depth: number
  /** The post as we have it, of which this is an edit. */
  known?: Post
}>

/** @returns the id of the post here; null when it was refused */
async function store(ctx: Ctx, incoming: Incoming): Promise<string | null> {
  const { note, depth } = incoming
  if (note.inReplyTo && depth < mostParents) await knowParent(ctx, note.inReplyTo, depth)
  const { id } = await receivePost(ctx, await toInput(ctx, incoming))
  return id
}

/** A conversation that cannot be read further up is shown from where it can. */
async function knowParent(ctx: Ctx, iri: string, depth: number): Promise<void> {
  await knowPost(ctx, iri, depth + 1).catch((error) =>
    ctx.log.info({ iri, err: error }, 'a parent could not be fetched'),
  )
}

/** What is quoted is read from its server, and what that quotes; further down only what we have is shown. */
async function knowQuoted(ctx: Ctx, iri: string, depth: number): Promise<Post | null> {
  return depth < mostQuotes ? knowPost(ctx, iri, depth + 1) : findKnownPost(ctx, iri)
}

/** Keeps a post of somebody that came along in an activity of theirs; whose it is must have been checked. */
export async function storeCarriedNote(
  ctx: Ctx,
  carried: Readonly<{ note: ReadNote; author: Actor; document: JsonObject }>,
): Promise<Post | null> {
  const id = await store(ctx, { ...carried, recipientId: null, depth: 0 })
  return id ? findPost(ctx.db, id) : null
}

async function toInput(ctx: Ctx, incoming: Incoming): Promise<RemotePostInput> {
  const { note, author, document, recipientId, depth, known } = incoming
  // An edit does not change what a post answers, whatever it says or leaves out.
  const answered = known ? await findPost(ctx.db, known.inReplyToId ?? '') : await findKnownPost(ctx, note.inReplyTo)
  const addressees = await readAddressees(ctx, { note, author, recipientId, answeredId: answered?.actorId ?? null })
  const { rejectsMedia } = await lookupsOf(ctx).policy(new URL(note.iri).host)
  return {
    iri: note.iri,
    actorId: author.id,
    url: note.url,
    ...addressees,
    content: note.content,
    spoilerText: note.spoilerText,
    isSensitive: note.isSensitive,
    language: note.language,
    inReplyToIri: note.inReplyTo,
    context: note.context,
    publishedAt: note.publishedAt,
    editedAt: note.updatedAt,
    hashtags: note.hashtags.map(({ name }) => name),
    attachments: (rejectsMedia ? [] : note.attachments).map(({ url, mediaType, focus, ...rest }) => ({
      ...rest,
      remoteUrl: url,
      mime: mediaType ?? 'application/octet-stream',
      focusX: focus?.x ?? null,
      focusY: focus?.y ?? null,
    })),
    poll: note.type === 'Question' ? readPoll(document, ctx.now()) : null,
    quote: await resolveQuote(ctx, { note, author }, (iri) => knowQuoted(ctx, iri, depth)),
    ...readQuoteGroups(note, author),
    replyPolicy: await readReplyPolicy(ctx, note, author),
    reactionPolicies: await readReactionPolicies(ctx, note, author),
    consent: await resolveConsent(ctx, { note, author, parent: answered, ...addressees }),
    offers: await resolveOffers(ctx, note),
    emojis: [...note.emojis],
    raw: toAddressing(document),
  }
}

/** @see https://www.w3.org/TR/activitypub/#create-activity-inbox */
export async function receiveCreate(ctx: Ctx, activity: Activity, recipientId: string | null): Promise<string> {
  const { id, embedded } = activity.object
  if (!id) return 'ignored: the post has no id'
  const known = await findKnownPost(ctx, id)
  if (known) return receiveAgain(ctx, activity, known, recipientId)
  const note = embedded && isSameOrigin(id, activity.actor) ? readNote(embedded, ctx.now()) : null
  if (note && isRefused(note)) return `ignored: ${note.refused}`
  if (note && note.attributedTo !== activity.actor) return 'ignored: it is not by its actor'
  if (note?.isVote) return receiveVoteNote(ctx, note)
  const author = await knowActor(ctx, activity.actor)
  if (!author) return 'ignored: the author cannot be read'
  if (!(await isWanted(ctx, author, { activity, note, recipientId }))) return unasked
  // What another server's object looks like, only that server can say.
  if (!note || !embedded) return fetchCreated(ctx, author, id)
  const stored = await store(ctx, { note, author, document: embedded, recipientId, depth: 0 })
  if (stored && note.inReplyTo) await wishThread(ctx, stored)
  return 'done'
}

/** The same post to the inbox of somebody else who is not named: it is for that one too. */
async function receiveAgain(ctx: Ctx, activity: Activity, known: Post, recipientId: string | null): Promise<string> {
  if (known.visibility !== 'direct' || known.isHeld || !recipientId) return 'done'
  const author = await findActor(ctx.db, known.actorId)
  if (author?.iri !== activity.actor) return 'ignored: it is not by its actor'
  await addRecipient(ctx, known.id, recipientId)
  return 'done'
}

async function fetchCreated(ctx: Ctx, author: Actor, iri: string): Promise<string> {
  const answer = await fetchDocument(ctx, iri)
  if (isRefused(answer)) return `ignored: ${answer.refused}`
  if (answer.iri !== iri || idOf(answer.document.attributedTo) !== author.iri) return 'ignored: it is not by its actor'
  return (await storePostDocument(ctx, answer.document)) ? 'done' : 'ignored: the post cannot be read'
}

/** A post in the activity that brought it; `note` is null when only its author's server can say what it looks like. */
type Carried = Readonly<{ activity: Activity; note: ReadNote | null; recipientId: string | null }>

/** A post is kept when somebody here follows its author, is addressed, or is in the conversation. */
async function isWanted(ctx: Ctx, author: Actor | null, { activity, note, recipientId }: Carried): Promise<boolean> {
  if (recipientId || (author && (await hasLocalFollower(ctx.db, author.id)))) return true
  if (await isSomebodyHere(ctx, [...activity.to, ...activity.cc, ...(note?.to ?? []), ...(note?.cc ?? [])])) return true
  return note?.inReplyTo ? (await findKnownPost(ctx, note.inReplyTo)) !== null : false
}

/** An edit by the author; one that is not newer than what we have changes nothing. */
export async function receiveUpdateNote(ctx: Ctx, activity: Activity, recipientId: string | null): Promise<string> {
  const { id, embedded } = activity.object
  const known = await findKnownPost(ctx, id)
  if (!known) return receiveCreate(ctx, activity, recipientId)
  const author = await knowActor(ctx, activity.actor)
  if (!author || known.actorId !== author.id) return 'ignored: it is not by the author'
  const document = embedded ?? (await fetched(ctx, id))
  return document ? edit(ctx, author, known, document) : 'ignored: the post cannot be read'
}

async function edit(ctx: Ctx, author: Actor, known: Post, document: JsonObject): Promise<string> {
  const note = readNote(document, ctx.now())
  if (isRefused(note)) return `ignored: ${note.refused}`
  if (note.iri !== known.iri || note.attributedTo !== author.iri) return 'ignored: it is not by the author'
  const stated = await toInput(ctx, { note, author, document, recipientId: null, depth: 0, known })
  const input = { ...stated, ...(await readersAfter(ctx, known, { note, stated })) }
  const { outcome } = await receivePostEdit(ctx, input)
  // Counts come without a new time: only an edit has one.
  if (outcome === 'already' || outcome === 'edited') {
    await receiveQuoteNews(ctx, known.id, input)
    await receiveInteractionNews(ctx, known.id, input)
  }
  const { poll, editedAt } = input
  const isDated = (editedAt ?? known.editedAt) !== null
  if (outcome === 'already' && poll) await receiveCounts(ctx, { postId: known.id, poll, isDated })
  return 'done'
}

/** Who got the post without being named keeps it; a document that does not say for whom it is leaves that as it was. */
async function readersAfter(ctx: Ctx, known: Post, { note, stated }: { note: ReadNote; stated: RemotePostInput }) {
  const { visibility, recipientIds, mentionIds } = stated
  const had = await listRecipients(ctx.db, known.id)
  const idsOf = (recipients: typeof had) => recipients.map(({ actorId }) => actorId)
  if (isUnaddressed(note.raw)) {
    return {
      visibility: await findMeantVisibility(ctx.db, known),
      recipientIds: idsOf(had),
      mentionIds: idsOf(had.filter((one) => one.isMention)),
    }
  }
  const unnamed = idsOf(had.filter(({ host, isMention }) => host === null && !isMention))
  return { visibility, recipientIds: [...new Set([...recipientIds, ...unnamed])], mentionIds }
}

async function fetched(ctx: Ctx, iri: string | null): Promise<JsonObject | null> {
  const answer = iri ? await fetchDocument(ctx, iri) : null
  return answer && !isRefused(answer) && answer.iri === iri ? answer.document : null
}

/** A post is taken back, perhaps before it came: then it is refused when it comes. */
export async function receiveDeleteNote(ctx: Ctx, activity: Activity): Promise<string> {
  const { id } = activity.object
  if (!id || !isSameOrigin(id, activity.actor)) return 'ignored: it is of another server'
  const author = await knowActor(ctx, activity.actor)
  if (!author) return 'ignored: the actor cannot be read'
  const known = await findPostByIri(ctx.db, id)
  // Another actor of the same server (a moderator) may say so, if the server itself agrees.
  if (known && known.actorId !== author.id && !(await isPostGone(ctx, known))) return 'ignored: it is not by the author'
  await receivePostDeleted(ctx, { actorId: known?.actorId ?? author.id, iri: id })
  return 'done'
}

/** Whether a post's server says that it is gone. What is not for everybody looks as if it were not there, and may well be. */
export async function isPostGone(ctx: Ctx, { iri, visibility }: Post): Promise<boolean> {
  if (!iri) return false
  const answer = await fetchDocument(ctx, iri)
  if (!isRefused(answer)) return answer.document.type === 'Tombstone'
  const isOpen = visibility === 'public' || visibility === 'unlisted'
  return answer.refused === 'gone' || (isOpen && answer.refused === 'not-found')
}

/** Somebody passed on, without proof, that there is a post: it is read from its author's server if anybody here has to do with it. */
export async function receivePostHint(ctx: Ctx, activity: Activity, recipientId: string | null): Promise<string> {
  const { id, embedded } = activity.object
  if (!id) return 'ignored: the post has no id'
  if (await findKnownPost(ctx, id)) return 'done'
  const note = embedded ? readNote(embedded, ctx.now()) : null
  const author = await findActorByIri(ctx.db, activity.actor)
  const carried = { activity, note: note && !isRefused(note) ? note : null, recipientId }
  if (!(await isWanted(ctx, author, carried))) return unasked
  return (await knowPost(ctx, id)) ? 'done' : 'ignored: the post cannot be read'
}

/** Somebody passed on, without proof, that a post of ours was changed: its author's server says how. */
export async function receiveEditHint(ctx: Ctx, activity: Activity, recipientId: string | null): Promise<string> {
  const known = await findKnownPost(ctx, activity.object.id)
  if (!known?.iri) return receivePostHint(ctx, activity, recipientId)
  return rereadPost(ctx, known)
}

/** Reads a post of another server again, which may have an edit or new counts to tell. */
export async function rereadPost(ctx: Ctx, known: Post): Promise<string> {
  const [author, document] = [await findActor(ctx.db, known.actorId), await fetched(ctx, known.iri)]
  return author && document ? edit(ctx, author, known, document) : 'ignored: the post cannot be read'
}

/** Somebody passed on, without proof, that a post is deleted: its author's server is asked. */
export async function receiveDeleteHint(ctx: Ctx, activity: Activity): Promise<string> {
  const known = await findKnownPost(ctx, activity.object.id)
  if (!known?.iri || !(await isPostGone(ctx, known))) return 'ignored: the post is still there'
  await receivePostDeleted(ctx, { actorId: known.actorId, iri: known.iri })
  return 'done'
}
