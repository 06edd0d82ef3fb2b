import type { Viewer } from '#src/context.ts'
import { forbidden } from '#src/errors.ts'
import { may } from '#src/features/teams/policy.ts'

/** @throws Problem `forbidden` for roles that do not react */
export function requireReacting(viewer: Viewer): void {
  if (!may(viewer.role, 'react'))
    throw forbidden('Your role in this team does not allow you to react; ask an owner or an admin', 'role')
}
