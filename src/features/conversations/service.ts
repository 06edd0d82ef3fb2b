import type { Ctx, Viewer } from '#src/context.ts'
import { isId } from '#src/core/ids.ts'
import { recordAct } from '#src/db/audit.ts'
import { transaction } from '#src/db/client.ts'
import { forbidden, notFound } from '#src/errors.ts'
import { may } from '#src/features/teams/policy.ts'
import { deleteConversation, markRead } from './write-queries.ts'

/** What can be done with a conversation: whoever reads it reads it for the whole team. */
export type ConversationAct = 'read' | 'delete'

const acts = { read: markRead, delete: deleteConversation } as const

/**
 * Notes that a conversation was read, or takes it off the list of the viewer's actor; the next post in it brings it back.
 * @throws Problem `notFound` for what is not on the list, `forbidden` for roles that only look at what its team was told
 */
export async function actOnConversation(ctx: Ctx, viewer: Viewer, act: ConversationAct, id: string): Promise<void> {
  if (!may(viewer.role, 'react'))
    throw forbidden('Your role in this team does not allow you to change its list of conversations', 'role')
  await transaction(ctx.db, async (tx) => {
    if (!isId(id) || !(await acts[act](tx, viewer.actorId, id))) throw notFound()
    if (act === 'delete') await recordAct(tx, { viewer, action: 'conversation.removed', subjectId: id })
  })
}
