import type { Ctx } from '#src/context.ts'
import { type Actor, findActorByIri } from '#src/features/actors/queries.ts'
import { findLocalTarget } from './actors.ts'
import { readVisibility, type Visibility } from './audience.ts'
import type { ReadNote } from './read/note.ts'
import { publicIri } from './read/terms.ts'

/** Addressed actors of one post that are looked up. */
const mostRecipients = 100

/** For whom a post of another server is: the actors known here to whom it is addressed by name, and those of them whom it speaks to. */
type Addressees = Readonly<{ visibility: Visibility; recipientIds: readonly string[]; mentionIds: readonly string[] }>

type Sent = Readonly<{ note: ReadNote; author: Actor; recipientId: string | null; answeredId: string | null }>

/**
 * Reads for whom a post is.
 * @param sent.recipientId to whose own inbox its author brought it
 * @param sent.answeredId who wrote what it answers
 */
export async function readAddressees(ctx: Ctx, { note, author, recipientId, answeredId }: Sent): Promise<Addressees> {
  const visibility = readVisibility(note, author.followersIri)
  // Neither everybody nor the author's followers are somebody.
  const isGroup = (iri: string) => iri === publicIri || iri === author.followersIri
  const addressed = [...new Set([...note.to, ...note.cc])].filter((iri) => !isGroup(iri)).slice(0, mostRecipients)
  const named = await listKnown(ctx, addressed)
  const mentioned = new Set(note.mentions.map(({ iri }) => iri))
  // Lemmy, Mbin and Pleroma name nobody in a private message: it speaks to whom alone it is for.
  const [only, ...others] = addressed.filter((iri) => iri !== author.iri)
  if (visibility === 'direct' && only && others.length === 0) mentioned.add(only)
  // A mention tells somebody only when it is also addressed to them.
  const mentionIds = [...named].filter(([iri]) => mentioned.has(iri)).map(([, { id }]) => id)
  const isOpen = visibility === 'public' || visibility === 'unlisted'
  if (isOpen && answeredId && (await isNamed(ctx, answeredId, note))) mentionIds.push(answeredId)
  const recipientIds = [...[...named.values()].map(({ id }) => id), ...mentionIds]
  // What came to one's own inbox without naming anybody (bto) is for that one alone.
  if (visibility === 'direct' && recipientId) recipientIds.push(recipientId)
  return { visibility, recipientIds: [...new Set(recipientIds)], mentionIds: [...new Set(mentionIds)] }
}

/** An answer that everybody may read may name whom it answers without being addressed to them. */
async function isNamed(ctx: Ctx, actorId: string, { mentions }: ReadNote): Promise<boolean> {
  const named = await listKnown(
    ctx,
    mentions.slice(0, mostRecipients).map(({ iri }) => iri),
  )
  return [...named.values()].some(({ id }) => id === actorId)
}

/** The actors that we know; nobody is fetched for being named. */
async function listKnown(ctx: Ctx, iris: readonly string[]): Promise<Map<string, Actor>> {
  const known = new Map<string, Actor>()
  for (const iri of iris) {
    const actor = ctx.uris.read(iri) ? await findLocalTarget(ctx, iri) : await findActorByIri(ctx.db, iri)
    if (actor) known.set(iri, actor)
  }
  return known
}
