import type { Ctx, Viewer } from '#src/context.ts'
import { fieldProblem } from '#src/features/actors/policy.ts'
import { createPost } from '#src/features/posts/create.ts'
import { findPostingDefaults } from '#src/features/posts/queries.ts'
import { judge, type Refusal } from './policy.ts'
import { findStanding, type Group } from './queries.ts'
import { countPlacesBy } from './topic-queries.ts'

/** What begins a topic, as typed. Sending the same key again gives the same post back. */
export type TopicInput = Readonly<{ text: string; key: string; language: string }>

/** Who may read what is said in a group. */
export function visibilityIn({ isPrivate }: Pick<Group, 'isPrivate'>): 'public' | 'direct' {
  return isPrivate ? 'direct' : 'public'
}

/** Why a group would not take a topic from somebody now; null: it would. */
export async function findObstacle(ctx: Ctx, group: Group, actorId: string): Promise<Refusal | null> {
  const now = ctx.now()
  const by = { groupId: group.actorId, actorId }
  return judge({
    group,
    standing: await findStanding(ctx.db, by.groupId, actorId, now),
    visibility: visibilityIn(group),
    // Whom the text names is only known when it is written.
    namesOutsiders: false,
    isClosed: false,
    ...(await countPlacesBy(ctx.db, { ...by, since: new Date(now.getTime() - 3_600_000) })),
    isTopic: true,
    now,
  })
}

/**
 * Begins a topic in a group: publishes a post that names it. The group takes it a moment later, as it takes what comes from elsewhere.
 * @returns the id of the post
 * @throws Problem `invalid` for a text that cannot be used, and as `ERR_REFUSED` for what the group would not take; as `createPost`
 */
export async function beginTopic(ctx: Ctx, viewer: Viewer, group: Group, input: TopicInput): Promise<string> {
  const { text, key, language } = input
  if (text.trim() === '') throw fieldProblem('text', 'ERR_BLANK', "can't be blank")
  const obstacle = await findObstacle(ctx, group, viewer.actorId)
  if (obstacle) throw fieldProblem('text', 'ERR_REFUSED', `is not taken by the group: ${obstacle}`)
  const usual = await findPostingDefaults(ctx.db, viewer.actorId)
  return createPost(ctx, viewer, {
    text: `@${group.handle} ${text}`,
    visibility: visibilityIn(group),
    language: usual.language ?? language,
    idempotencyKey: key || null,
  })
}
