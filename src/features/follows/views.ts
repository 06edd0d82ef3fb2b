import type { Ctx } from '#src/context.ts'
import type { Actor } from '#src/features/actors/queries.ts'
import { toActorValue } from '#src/features/actors/views.ts'
import type { FollowRequestValue } from '#src/web/components/follow-request-list.ts'
import type { PictureValue } from '#src/web/components/picture.ts'
import { paths } from '#src/web/paths.ts'
import type { WaitingRequest } from './request-queries.ts'

/** Servers that tell nothing of when an account was made are met at that moment: nothing is said then either. */
const knownSinceMs = 60_000

/** Somebody who waits for an answer, as the list shows it. */
export function toRequestValue(
  ctx: Pick<Ctx, 'uris' | 'config'>,
  waiting: WaitingRequest,
  { follower, pictures }: Readonly<{ follower: Actor; pictures: readonly PictureValue[] }>,
): FollowRequestValue {
  const { requestedAt, note, mutualsCount, isFirstFromHost } = waiting
  const age = follower.createdAt.getTime() - follower.publishedAt.getTime()
  const path = `${paths.requests}/${follower.id}`
  return {
    actor: toActorValue(ctx, follower),
    requestedAt,
    note,
    accountSince: follower.host === null || age > knownSinceMs ? follower.publishedAt : null,
    postsCount: follower.postsCount,
    mutualsCount,
    isFirstFromHost,
    latestPictures: pictures,
    approveAction: `${path}/approve`,
    refuseAction: `${path}/refuse`,
  }
}
