import type { Viewer } from '#src/context.ts'
import { forbidden } from '#src/errors.ts'
import { may } from '#src/features/teams/policy.ts'

/** @throws Problem `forbidden` when the viewer's role only lets it look at the notifications of its team */
export function requireCaring(viewer: Viewer): void {
  if (!may(viewer.role, 'react'))
    throw forbidden('Your role in this team does not allow you to clear its notifications', 'role')
}
