import type { Ctx } from '#src/context.ts'
import type { ActorValue } from '#src/web/components/actor.ts'
import { pictureUrl } from './entity.ts'
import type { Actor } from './queries.ts'

/** An actor as the components of pages show it. Nothing of a suspended actor's profile is shown. */
export function toActorValue(
  { uris, config }: Pick<Ctx, 'uris' | 'config'>,
  actor: Actor,
): ActorValue & { id: string } {
  const { id, handle, host, type } = actor
  const isSuspended = actor.suspendedAt !== null
  return {
    id,
    type,
    handle,
    host: host ?? config.handleHost,
    name: isSuspended ? '' : actor.name,
    href: host === null ? `/@${handle}` : `/@${handle}@${host}`,
    avatarUrl: isSuspended ? null : pictureUrl(uris, actor.avatar, 'smallest'),
  }
}
