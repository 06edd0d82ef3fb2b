import type { Ctx, Viewer } from '#src/context.ts'
import { listActors } from '#src/features/actors/queries.ts'
import { toActorValue } from '#src/features/actors/views.ts'
import type { Translator } from '#src/locales/translator.ts'
import { type GroupPlaceValue, groupPlaces } from '#src/web/components/group-place.ts'
import type { Html } from '#src/web/html.ts'
import { groupPath } from '#src/web/paths.ts'
import { listGroupsOf, type PostedIn } from './page-queries.ts'
import { mayAct } from './policy.ts'

/** A post on its page, and who looks; `next` is that page. */
export type PlacedPost = Readonly<{ viewer: Viewer | null; postId: string; next: string }>

/** The groups to which a post belongs, with what those who look after them can do; null when there are none. */
export async function loadPlaces(ctx: Ctx, post: PlacedPost, t: Translator): Promise<Html | null> {
  const places = await listGroupsOf(ctx.db, post.postId, post.viewer?.actorId ?? null)
  const actors = await listActors(
    ctx.db,
    places.map(({ groupId }) => groupId),
  )
  const values = actors.flatMap((actor) => {
    const place = places.find(({ groupId }) => groupId === actor.id)
    if (!place) return []
    const value = toActorValue(ctx, actor)
    const href = actor.host === null ? groupPath(actor.handle) : value.href
    return [{ id: actor.id, actor: value, href, acts: toActs(place, post, href) }]
  })
  return groupPlaces(values, t)
}

function toActs(place: PostedIn, { postId, next }: PlacedPost, href: string): GroupPlaceValue['acts'] {
  if (!mayAct(place.role, 'moderate')) return null
  const { topicId, isLocked, isPinned, isRemoved } = place
  return { path: `${href}/posts/${postId}`, next, topic: topicId === postId ? { isLocked, isPinned } : null, isRemoved }
}
