import type { Ctx } from '#src/context.ts'
import { ensureInstanceActor } from '#src/features/actors/service.ts'
import { findReport, listPostsOf } from '#src/features/reports/queries.ts'
import { receiveReport } from '#src/features/reports/service.ts'
import { findLocalTarget, getActor, iriOfActor, knowActor } from './actors.ts'
import { plainContext } from './context.ts'
import { lookupsOf } from './known.ts'
import { between, type Origin, type Outgoing } from './outgoing.ts'
import type { Activity } from './read/activity.ts'

/** What is reported is told to the server of who is reported, in the name of the instance. */
export async function buildFlag(ctx: Ctx, reportId: string, origin: Origin): Promise<Outgoing | null> {
  const report = await findReport(ctx.db, reportId)
  if (!report) return null
  const [speaker, target] = [await ensureInstanceActor(ctx), await getActor(ctx, report.targetId)]
  const posts = await listPostsOf(ctx.db, target.id, report.actorId, report.postIds)
  const document = toFlag({
    id: origin.iri,
    actor: ctx.uris.instanceActor,
    target: iriOfActor(ctx, target),
    posts: posts.flatMap(({ iri }) => iri ?? []),
    comment: report.comment,
  })
  return between(document, { origin, actorId: speaker.id, otherId: target.id, type: 'Flag' })
}

/** A report to another server: who is reported first, then what. Who reports is not told: the instance speaks. */
type Flag = Readonly<{ id: string; actor: string; target: string; posts: readonly string[]; comment: string }>

/** @see https://docs.joinmastodon.org/spec/activitypub/#Flag */
function toFlag({ id, actor, target, posts, comment }: Flag): object {
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
  const report = { actorId: actor.id, targetId: target.id, postIds, comment: content ?? '', activityIri }
  const outcome = await receiveReport(ctx, report)
  return outcome === 'too-many' ? 'ignored: its server reports too much' : 'done'
}
