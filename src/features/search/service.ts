import type { Ctx, Viewer } from '#src/context.ts'
import { searchAccounts } from '#src/features/actors/account-search.ts'
import { type Actor, findActor } from '#src/features/actors/queries.ts'
import { findByAcct, resolveActorIri } from '#src/features/actors/service.ts'
import { foldHashtag } from '#src/features/posts/hashtags.ts'
import { findPostByIri, findVisiblePost } from '#src/features/posts/queries.ts'
import { readPostSearch } from './operators.ts'
import { listMatches, listTagNames } from './queries.ts'

/** What is looked for. `kind` null: everything. `mayLookUp`: other servers may be asked. */
export type Search = Readonly<{
  text: string
  kind: 'accounts' | 'statuses' | 'hashtags' | null
  mayLookUp: boolean
  isFollowed: boolean
  authorId: string | null
  limit: number
  offset: number
  /** Of posts only: older than one, newer than another. */
  maxId?: string | undefined
  minId?: string | undefined
}>

/** What was found: actors, ids of posts that the viewer may see, names of hashtags. */
export type Found = Readonly<{ actors: Actor[]; postIds: string[]; tagNames: string[] }>

const nothing: Found = { actors: [], postIds: [], tagNames: [] }

/** Finds people, posts and hashtags. An address brings exactly what it points at, from another server if need be. */
export async function search(ctx: Ctx, viewer: Viewer | null, input: Search): Promise<Found> {
  const text = input.text.trim()
  if (text === '') return nothing
  if (/^https?:\/\//i.test(text)) return findAddress(ctx, viewer, { ...input, text })
  const wants = (kind: Search['kind']) => input.kind === null || input.kind === kind
  const { limit, offset } = input
  const [actors, postIds, tagNames] = await Promise.all([
    wants('accounts') ? searchAccounts(ctx, viewer, { ...input, text }) : [],
    wants('statuses') && viewer ? searchPosts(ctx, viewer, { ...input, text }) : [],
    wants('hashtags') ? listTagNames(ctx.db, foldHashtag(text.replace(/^#/, '')), { limit, offset }) : [],
  ])
  return { actors, postIds, tagNames }
}

async function searchPosts(ctx: Ctx, viewer: Viewer, input: Search): Promise<string[]> {
  const wanted = readPostSearch(input.text)
  const from = wanted.from === null ? null : await findAuthor(ctx, viewer, wanted.from)
  const isAsking = wanted.words !== '' || wanted.from !== null || wanted.has.length + wanted.is.length > 0
  // Nobody of that name is here, or two authors were asked for at once: no post is by both.
  if (!isAsking || (wanted.from !== null && from === null)) return []
  if (from && input.authorId && from !== input.authorId) return []
  return listMatches(ctx.db, { ...input, readerId: viewer.actorId, authorId: from ?? input.authorId, wanted })
}

async function findAuthor(ctx: Ctx, viewer: Viewer, from: string): Promise<string | null> {
  if (from.toLowerCase() === 'me') return viewer.actorId
  return (await findByAcct(ctx, from))?.id ?? null
}

async function findAddress(ctx: Ctx, viewer: Viewer | null, input: Search): Promise<Found> {
  if (input.offset > 0) return nothing
  const target = (await findKnown(ctx, input.text)) ?? (await lookUp(ctx, viewer, input))
  if (target?.kind === 'actor' && input.kind !== 'statuses' && input.kind !== 'hashtags') {
    const actor = await findActor(ctx.db, target.id)
    return actor && !actor.deletedAt && !actor.suspendedAt ? { ...nothing, actors: [actor] } : nothing
  }
  if (target?.kind !== 'post' || input.kind === 'accounts' || input.kind === 'hashtags') return nothing
  const post = await findVisiblePost(ctx.db, viewer?.actorId ?? null, target.id)
  return post ? { ...nothing, postIds: [post.id] } : nothing
}

type Target = { kind: 'actor' | 'post'; id: string }

async function findKnown(ctx: Ctx, address: string): Promise<Target | null> {
  const local = ctx.uris.read(address)
  if (local?.kind === 'post') return { kind: 'post', id: local.id }
  const actor = await resolveActorIri(ctx, address)
  if (actor) return { kind: 'actor', id: actor.id }
  const post = local ? null : await findPostByIri(ctx.db, address)
  return post && { kind: 'post', id: post.id }
}

/** Only who is signed in may have other servers asked. */
async function lookUp(ctx: Ctx, viewer: Viewer | null, input: Search): Promise<Target | null> {
  return viewer && input.mayLookUp ? ctx.remote.lookupUrl(input.text) : null
}
