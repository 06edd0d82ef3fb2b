import type { Ctx } from '#src/context.ts'
import { receiveReport } from '#src/features/reports/service.ts'
import { findLocalTarget, knowActor } from './actors.ts'
import { plainContext } from './context.ts'
import { lookupsOf } from './known.ts'
import type { Activity } from './read/activity.ts'

/** A report to another server: who is reported first, then what. Who reports is not told: the instance speaks. */
export type Flag = Readonly<{ id: string; actor: string; target: string; posts: readonly string[]; comment: string }>

/** @see https://docs.joinmastodon.org/spec/activitypub/#Flag */
export function toFlag({ id, actor, target, posts, comment }: Flag): object {
  return {
    '@context': plainContext,
    id,
    type: 'Flag',
    actor,
    content: comment,
    object: [target, ...posts],
    to: [target],
  }
}

/**
 * Another server, or somebody on it, reports one of ours. The order of what is named differs from program to program: exactly one of ours
 * must be among it.
 */
export async function receiveFlag(ctx: Ctx, activity: Activity): Promise<string> {
  const { rejectsReports } = await lookupsOf(ctx).policy(new URL(activity.actor).host)
  if (rejectsReports) return 'ignored: reports of this server are not wanted'
  const actor = await knowActor(ctx, activity.actor)
  if (!actor) return 'ignored: who reports cannot be read'
  const ours = activity.objects.map((iri) => ctx.uris.read(iri))
  const postIds = ours.flatMap((target) => (target?.kind === 'post' ? target.id : []))
  const handles = new Set(ours.flatMap((target) => (target && 'handle' in target ? target.handle.toLowerCase() : [])))
  const [handle] = handles
  const target = handles.size === 1 && handle ? await findLocalTarget(ctx, ctx.uris.actor(handle)) : null
  if (!target) return 'ignored: it is about none of ours'
  const { id: activityIri, content } = activity
  await receiveReport(ctx, { actorId: actor.id, targetId: target.id, postIds, comment: content ?? '', activityIri })
  return 'done'
}
