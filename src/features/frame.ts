import type { Ctx } from '#src/context.ts'
import { findProfileSource } from '#src/features/actors/profile-queries.ts'
import { toActorValue } from '#src/features/actors/views.ts'
import { loadAnnouncementValues } from '#src/features/announcements/views.ts'
import { getInstance } from '#src/features/instance/service.ts'
import { countUnread } from '#src/features/notifications/unread.ts'
import { countFailed } from '#src/features/schedule/queries.ts'
import { may } from '#src/features/teams/policy.ts'
import { listIdentities } from '#src/features/teams/service.ts'
import type { Session } from '#src/http/auth.ts'
import type { LayoutViewer } from '#src/web/components/navigation.ts'
import type { FrameSources } from '#src/web/frame.ts'

/** What the frame of every page shows: the instance by name, the signed-in person's identities, and who waits for an answer. */
export function frameSources(ctx: Ctx): FrameSources {
  return {
    getInstance: async () => ({ name: (await getInstance(ctx)).name }),
    findViewer: (session) => findViewer(ctx, session),
  }
}

async function findViewer(ctx: Ctx, { userId, viewer }: Session): Promise<LayoutViewer> {
  const [actors, source, failedPosts, announcements, unreadNotifications] = await Promise.all([
    listIdentities(ctx, userId),
    viewer ? findProfileSource(ctx.db, viewer.actorId) : null,
    viewer && (may(viewer.role, 'publish') || may(viewer.role, 'reply')) ? countFailed(ctx.db, viewer.actorId) : 0,
    loadAnnouncementValues(ctx, userId),
    viewer ? countUnread(ctx, viewer.actorId) : 0,
  ])
  const values = actors.map((actor) => toActorValue(ctx, actor))
  return {
    actor: values.find(({ id }) => id === viewer?.actorId) ?? null,
    identities: values.filter(({ id }) => id !== viewer?.actorId),
    pendingFollowRequests: source?.followRequestsCount ?? 0,
    failedPosts,
    announcements,
    unreadNotifications,
  }
}
