import type { Ctx, Viewer } from '#src/context.ts'
import { type Actor, findActor } from '#src/features/actors/queries.ts'
import { resolveActorIri, searchAccounts } from '#src/features/actors/service.ts'
import { foldHashtag } from '#src/features/posts/hashtags.ts'
import { findPostByIri, findVisiblePost } from '#src/features/posts/queries.ts'
import { listOwnMatches, listTagNames } from './queries.ts'

/** What is looked for. `kind` null: everything. `mayLookUp`: other servers may be asked. */
export type Search = Readonly<{
  text: string
  kind: 'accounts' | 'statuses' | 'hashtags' | null
  mayLookUp: boolean
  isFollowed: boolean
  authorId: string | null
  limit: number
  offset: number
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
    wants('statuses') && viewer
      ? listOwnMatches(ctx.db, { readerId: viewer.actorId, text, authorId: input.authorId, limit, offset })
      : [],
    wants('hashtags') ? listTagNames(ctx.db, foldHashtag(text.replace(/^#/, '')), { limit, offset }) : [],
  ])
  return { actors, postIds, tagNames }
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
