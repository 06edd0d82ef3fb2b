import type { Ctx, Viewer } from '#src/context.ts'
import { registerActorPages } from '#src/features/actors/pages.ts'
import type { StorePicture } from '#src/features/actors/profile-fields.ts'
import { registerActorRoutes } from '#src/features/actors/routes.ts'
import { registerAnnouncementPages } from '#src/features/announcements/pages.ts'
import { registerAnnouncementRoutes } from '#src/features/announcements/routes.ts'
import { registerBlockPages } from '#src/features/blocks/pages.ts'
import { registerBlockRoutes } from '#src/features/blocks/routes.ts'
import { registerCardRoutes } from '#src/features/cards/routes.ts'
import { registerConversationPages } from '#src/features/conversations/pages.ts'
import { registerConversationRoutes } from '#src/features/conversations/routes.ts'
import { registerDomainPages } from '#src/features/domains/pages.ts'
import { registerDomainRoutes } from '#src/features/domains/routes.ts'
import { registerEmojiRoutes } from '#src/features/emoji/routes.ts'
import { registerEndorsementRoutes } from '#src/features/endorsements/routes.ts'
import { registerFilterPages } from '#src/features/filters/pages.ts'
import { registerFilterRoutes } from '#src/features/filters/routes.ts'
import { registerFollowPages } from '#src/features/follows/pages.ts'
import { registerFollowRoutes } from '#src/features/follows/routes.ts'
import { registerGroupPages } from '#src/features/groups/pages.ts'
import { loadPlaces } from '#src/features/groups/place-views.ts'
import { registerInstancePages } from '#src/features/instance/pages.ts'
import { registerInstanceRoutes } from '#src/features/instance/routes.ts'
import { getInstance } from '#src/features/instance/service.ts'
import { registerJobPages } from '#src/features/jobs/pages.ts'
import { registerListPages } from '#src/features/lists/pages.ts'
import { registerListRoutes } from '#src/features/lists/routes.ts'
import { registerMediaRoutes } from '#src/features/media/routes.ts'
import { storeProfilePicture, updateMedia } from '#src/features/media/service.ts'
import { registerMovePages } from '#src/features/moves/pages.ts'
import { registerMutePages } from '#src/features/mutes/pages.ts'
import { registerMuteRoutes } from '#src/features/mutes/routes.ts'
import { registerNotePages } from '#src/features/notes/pages.ts'
import { registerNoteRoutes } from '#src/features/notes/routes.ts'
import { registerNotificationPages } from '#src/features/notifications/pages.ts'
import { registerNotificationRoutes } from '#src/features/notifications/routes.ts'
import { findWaitingApp, registerOauthPages } from '#src/features/oauth/pages.ts'
import { registerOauthRoutes } from '#src/features/oauth/routes.ts'
import { registerOrderPages } from '#src/features/orders/pages.ts'
import { registerOrderRoutes } from '#src/features/orders/routes.ts'
import { editPost } from '#src/features/posts/edit.ts'
import { registerPostPages } from '#src/features/posts/pages.ts'
import { registerPictureRoutes } from '#src/features/posts/picture-routes.ts'
import { findVisiblePost } from '#src/features/posts/queries.ts'
import { registerPostRoutes, type SchedulePost } from '#src/features/posts/routes.ts'
import { loadLatestPictures } from '#src/features/posts/views.ts'
import { registerProductPages } from '#src/features/products/pages.ts'
import { registerProductRoutes } from '#src/features/products/routes.ts'
import { getPushKeys } from '#src/features/pushes/keys.ts'
import { registerPushRoutes } from '#src/features/pushes/routes.ts'
import { registerReactionPages } from '#src/features/reactions/pages.ts'
import { registerReactionRoutes } from '#src/features/reactions/routes.ts'
import { collectRoutes } from '#src/features/reference/route.ts'
import { registerReferenceRoutes } from '#src/features/reference/routes.ts'
import { registerRegistrationPages } from '#src/features/registrations/pages.ts'
import { registerRegistrationRoutes } from '#src/features/registrations/routes.ts'
import { letWait } from '#src/features/registrations/waiting-pages.ts'
import { registerRelayPages } from '#src/features/relays/pages.ts'
import { registerReportAnswerPages } from '#src/features/reports/answer-pages.ts'
import { registerReportPages } from '#src/features/reports/pages.ts'
import { registerReportRoutes } from '#src/features/reports/routes.ts'
import { getScheduledStatus } from '#src/features/schedule/entity.ts'
import { registerSchedulePages } from '#src/features/schedule/pages.ts'
import { registerScheduleRoutes } from '#src/features/schedule/routes.ts'
import { schedulePost } from '#src/features/schedule/service.ts'
import { registerDiscoveryRoutes } from '#src/features/search/discovery-routes.ts'
import { registerSearchPages } from '#src/features/search/pages.ts'
import { registerSearchRoutes } from '#src/features/search/routes.ts'
import { registerStreamRoutes } from '#src/features/streams/routes.ts'
import { loadFeaturedTags } from '#src/features/tags/entity.ts'
import { registerTagRoutes } from '#src/features/tags/routes.ts'
import { registerTeamsPages } from '#src/features/teams/pages.ts'
import { registerTimelinePages } from '#src/features/timelines/pages.ts'
import { registerReadingPages } from '#src/features/timelines/reading-pages.ts'
import { registerTimelineRoutes } from '#src/features/timelines/routes.ts'
import { registerTrendRoutes } from '#src/features/trends/routes.ts'
import { registerUsersPages } from '#src/features/users/pages.ts'
import type { App } from '#src/http/zod.ts'

/** Adds the routes and pages of every feature, in the order in which features stand on each other. */
export async function registerFeatures(app: App, ctx: Ctx): Promise<void> {
  const routes = collectRoutes(app)
  registerUsersPages(app, ctx, {
    findWaitingApp: (path) => findWaitingApp(ctx, path),
    isSignUpOffered: async () => (await getInstance(ctx)).registrationMode !== 'closed',
    letWait: (reply, login) => letWait(ctx, reply, login),
  })
  const storePicture: StorePicture = (viewer, stream) => storeProfilePicture(ctx, viewer, stream)
  const describePicture = (viewer: Viewer, mediaId: string, description: string) =>
    updateMedia(ctx, viewer, mediaId, { description })
  registerActorRoutes(app, ctx, {
    storePicture,
    describePicture,
    listFeaturedTags: (actorId) => loadFeaturedTags(ctx, actorId),
  })
  registerActorPages(app, ctx, { storePicture, describePicture })
  registerTeamsPages(app, ctx)
  registerOauthRoutes(app, ctx, { findPushKey: async () => (await getPushKeys(ctx)).publicKey })
  registerOauthPages(app, ctx)
  registerMediaRoutes(app, ctx, {
    describeInPost: (viewer, postId, picture) => editPost(ctx, viewer, postId, { pictures: [picture] }),
  })
  registerRelations(app, ctx)
  registerPublishing(app, ctx)
  registerImages(app, ctx)
  registerShops(app, ctx)
  registerTagRoutes(app, ctx)
  registerAnnouncements(app, ctx)
  registerEndorsementRoutes(app, ctx)
  registerReactionRoutes(app, ctx)
  registerReactionPages(app, ctx)
  registerGroupPages(app, ctx)
  registerConversations(app, ctx)
  registerPushRoutes(app, ctx)
  registerNotificationRoutes(app, ctx)
  registerNotificationPages(app, ctx)
  registerTimelineRoutes(app, ctx)
  registerTimelinePages(app, ctx)
  registerReadingPages(app, ctx)
  registerStreamRoutes(app, ctx)
  registerFinding(app, ctx)
  registerInstance(app, ctx)
  registerModeration(app, ctx)
  registerReferenceRoutes(app, ctx, routes)
}

function registerConversations(app: App, ctx: Ctx): void {
  registerConversationRoutes(app, ctx)
  registerConversationPages(app, ctx)
}

/** What those who run the instance decide. */
function registerModeration(app: App, ctx: Ctx): void {
  registerReportRoutes(app, ctx)
  registerReportPages(app, ctx)
  registerReportAnswerPages(app, ctx)
  registerDomainRoutes(app, ctx)
  registerDomainPages(app, ctx)
  registerRelayPages(app, ctx)
  registerJobPages(app, ctx)
}

/** What this place is, and how one comes in. */
function registerInstance(app: App, ctx: Ctx): void {
  registerInstanceRoutes(app, ctx)
  registerInstancePages(app, ctx)
  registerRegistrationRoutes(app, ctx)
  registerRegistrationPages(app, ctx)
}

/** The bytes of pictures: those of posts and profiles, those of linked pages, and those that stand in texts. */
function registerImages(app: App, ctx: Ctx): void {
  registerEmojiRoutes(app, ctx)
  registerCardRoutes(app, ctx)
  registerPictureRoutes(app, ctx)
}

/** What is sold here, and how it is bought. */
function registerShops(app: App, ctx: Ctx): void {
  registerProductRoutes(app, ctx)
  registerProductPages(app, ctx)
  registerOrderPages(app, ctx)
  registerOrderRoutes(app, ctx)
}

function registerAnnouncements(app: App, ctx: Ctx): void {
  registerAnnouncementRoutes(app, ctx)
  registerAnnouncementPages(app, ctx)
}

/** What identities have to do with each other, and what each wants to read. */
function registerRelations(app: App, ctx: Ctx): void {
  registerBlockRoutes(app, ctx)
  registerBlockPages(app, ctx)
  registerFollowRoutes(app, ctx)
  registerFollowPages(app, ctx, { listLatestPictures: loadLatestPictures })
  registerMuteRoutes(app, ctx)
  registerMutePages(app, ctx)
  registerNoteRoutes(app, ctx)
  registerNotePages(app, ctx)
  registerListRoutes(app, ctx)
  registerListPages(app, ctx)
  registerMovePages(app, ctx)
  registerFilterRoutes(app, ctx, {
    mayRead: async (readerId, postId) => (await findVisiblePost(ctx.db, readerId, postId)) !== null,
  })
  registerFilterPages(app, ctx)
}

/** Posts, now and later: the form for a post must know of both. */
function registerPublishing(app: App, ctx: Ctx): void {
  const schedule: SchedulePost = async (viewer, draft, at) => {
    const outcome = await schedulePost(ctx, viewer, draft, at)
    return 'postId' in outcome ? outcome : { waiting: await getScheduledStatus(ctx, viewer, outcome.scheduledId) }
  }
  registerPostRoutes(app, ctx, { schedulePost: schedule })
  registerScheduleRoutes(app, ctx)
  registerPostPages(app, ctx, {
    schedulePost: (viewer, draft, at) => schedulePost(ctx, viewer, draft, at),
    loadPlaces: (post, t) => loadPlaces(ctx, post, t),
  })
  registerSchedulePages(app, ctx)
}

/** How people and posts are found. */
function registerFinding(app: App, ctx: Ctx): void {
  registerTrendRoutes(app, ctx)
  registerSearchRoutes(app, ctx)
  registerDiscoveryRoutes(app, ctx)
  registerSearchPages(app, ctx)
}
