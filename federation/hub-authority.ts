import type { Ctx } from '#src/context.ts'
import { knowActor } from './actors.ts'
import { readItems } from './collections.ts'
import { fetchDocument } from './documents.ts'
import type { Hub } from './hub-scope.ts'
import { isSameOrigin } from './origin.ts'
import { isProvenBy, provenKeyOf } from './proven.ts'
import { type Activity, readActivity } from './read/activity.ts'
import { isIgnored, isObject, isRefused, type JsonObject, listOf } from './read/json.ts'
import { idOf, idsOf } from './read/values.ts'

/** An activity that a group passes on, in the form in which it came. */
export type Inner = Readonly<{ activity: Activity; document: JsonObject }>

/** More moderators than any group has. */
const mostModerators = 500

/**
 * Whether an activity in the announcement of a group is vouched for without asking anybody: its actor is at home where the group is, or it carries
 * a proof by a key of its actor.
 */
export async function isVouchedFor(ctx: Ctx, hub: Hub, { activity, document }: Inner): Promise<boolean> {
  const { id, actor } = activity
  if (!isSameOrigin(id, actor)) return false
  if (isSameOrigin(actor, hub.iri)) return true
  const keyId = provenKeyOf(document)
  if (!keyId || !isSameOrigin(keyId, actor)) return false
  const known = await knowActor(ctx, actor)
  return known !== null && isProvenBy(known, document, ctx.now())
}

/** An activity as the server of its actor serves it; null when it does not, or serves another one. */
export async function fetchActivity(ctx: Ctx, { id, type, actor }: Activity): Promise<Activity | null> {
  if (!isSameOrigin(id, actor) || ctx.uris.read(actor)) return null
  const fetched = await fetchDocument(ctx, id)
  if (isRefused(fetched) || fetched.iri !== id) return null
  const activity = readActivity(fetched.document)
  if (isRefused(activity) || isIgnored(activity)) return null
  return activity.actor === actor && activity.type === type ? activity : null
}

/** An activity that its actor has made: as it came when it is vouched for, else as its server serves it. */
export async function authenticate(ctx: Ctx, hub: Hub, inner: Inner): Promise<Activity | null> {
  return (await isVouchedFor(ctx, hub, inner)) ? inner.activity : fetchActivity(ctx, inner.activity)
}

/** Whether somebody decides about what is in a group: the group itself, who is at home where it is, or one of its moderators as it names them now. */
export async function mayModerate(ctx: Ctx, hub: Hub, actorIri: string): Promise<boolean> {
  if (isSameOrigin(actorIri, hub.iri)) return true
  const fetched = await fetchDocument(ctx, hub.iri)
  if (isRefused(fetched)) return false
  const { document } = fetched
  if (namesModerators(document).includes(actorIri)) return true
  const collection = moderatorsOf(document)
  if (!collection || !isSameOrigin(collection, hub.iri)) return false
  const answer = await fetchDocument(ctx, collection)
  if (isRefused(answer)) return false
  return idsOf([...(await readItems(ctx, answer.document))], mostModerators).includes(actorIri)
}

/** The collection of those who moderate a group, by either name that programs have for it. */
function moderatorsOf({ moderators, attributedTo }: JsonObject): string | null {
  return idOf(moderators) ?? idOf(attributedTo)
}

/** PeerTube names the owner of a channel in the place of a collection. */
function namesModerators({ attributedTo }: JsonObject): string[] {
  const people = listOf(attributedTo).filter((one) => isObject(one) && one.type === 'Person')
  return idsOf(people, mostModerators)
}

/** Which of its own collections a group means by a target. Which one is for moderators, only its document as it is now can say. */
export async function collectionOf(
  ctx: Ctx,
  hub: Hub,
  target: string | null,
): Promise<'featured' | 'moderators' | null> {
  if (!target || !isSameOrigin(target, hub.iri)) return null
  if (target === hub.featuredIri) return 'featured'
  const fetched = await fetchDocument(ctx, hub.iri)
  return !isRefused(fetched) && moderatorsOf(fetched.document) === target ? 'moderators' : null
}

/** An activity by somebody who decides about what is in a group, as far as it can be proved; null when it cannot. */
export async function findDecision(ctx: Ctx, hub: Hub, inner: Inner): Promise<Activity | null> {
  if (!(await mayModerate(ctx, hub, inner.activity.actor))) return null
  const decision = await authenticate(ctx, hub, inner)
  return decision && decision.object.id === inner.activity.object.id ? decision : null
}
