import type { Viewer } from '#src/context.ts'
import { forbidden } from '#src/errors.ts'
import { may } from '#src/features/teams/policy.ts'
import type { NotificationKind } from './write-queries.ts'

/** @throws Problem `forbidden` when the viewer's role only lets it look at the notifications of its team */
export function requireCaring(viewer: Viewer): void {
  if (!may(viewer.role, 'react'))
    throw forbidden('Your role in this team does not allow you to clear its notifications', 'role')
}

const ours = [
  'move',
  'order',
  'group_request',
  'group_joined',
  'group_removed',
] as const satisfies readonly NotificationKind[]

/**
 * What clients can read. Of moves, orders and groups Mastodon tells nobody, and programs that take its kinds for all that there are fail at
 * another one: these stand on our pages, and orders are mailed to owners.
 */
export type ToldKind = Exclude<NotificationKind, (typeof ours)[number]>

/** Whether clients can read a kind. */
export function isTold(kind: NotificationKind): kind is ToldKind {
  return !(ours as readonly NotificationKind[]).includes(kind)
}
