import type { Ctx } from '#src/context.ts'
import { toActorValue } from '#src/features/actors/views.ts'
import { loadAnnouncementValues } from '#src/features/announcements/views.ts'
import { countRequests } from '#src/features/follows/queries.ts'
import { countAsking } from '#src/features/groups/page-queries.ts'
import { getInstance } from '#src/features/instance/service.ts'
import { countUnread } from '#src/features/notifications/unread.ts'
import { countFailed } from '#src/features/schedule/queries.ts'
import { may } from '#src/features/teams/policy.ts'
import { listIdentities } from '#src/features/teams/service.ts'
import type { Session } from '#src/http/auth.ts'
import type { LayoutViewer } from '#src/web/components/navigation.ts'
import type { FrameSources } from '#src/web/frame.ts'

/** What the frame of every page shows: the instance by name, the signed-in person's identities, and who waits for an answer, whichever of them is asked. */
export function frameSources(ctx: Ctx): FrameSources {
  return {
    getInstance: async () => ({ name: (await getInstance(ctx)).name }),
    findViewer: (session) => findViewer(ctx, session),
  }
}

async function findViewer(ctx: Ctx, { userId, viewer, isAdmin }: Session): Promise<LayoutViewer> {
  const [actors, requests, groupRequests, failedPosts, announcements, unread] = await Promise.all([
    listIdentities(ctx, userId),
    countRequests(ctx.db, userId),
    viewer ? countAsking(ctx.db, viewer.actorId) : 0,
    viewer && (may(viewer.role, 'publish') || may(viewer.role, 'reply')) ? countFailed(ctx.db, viewer.actorId) : 0,
    loadAnnouncementValues(ctx, userId),
    countUnread(ctx, userId),
  ])
  const identities = actors.map((actor) => ({
    ...toActorValue(ctx, actor),
    pendingFollowRequests: requests.get(actor.id) ?? 0,
    unreadNotifications: unread.get(actor.id) ?? 0,
  }))
  const acting = identities.find(({ id }) => id === viewer?.actorId) ?? null
  return {
    actor: acting,
    identities: identities.filter((identity) => identity !== acting),
    pendingFollowRequests: acting?.pendingFollowRequests ?? 0,
    groupRequests,
    unreadNotifications: acting?.unreadNotifications ?? 0,
    failedPosts,
    announcements,
    isAdmin,
  }
}
