import type { Ctx } from '#src/context.ts'
import { isId } from '#src/core/ids.ts'
import { recordAct } from '#src/db/audit.ts'
import { transaction } from '#src/db/client.ts'
import { invalid, notFound } from '#src/errors.ts'
import { deleteOtherSessions, deleteSessionOf, setPasswordHash } from './login-queries.ts'
import { findUser } from './queries.ts'
import { endAppAccess } from './reset-queries.ts'
import { checkPassword, prepareUser } from './service.ts'

/** The session in which somebody looks after their own login. */
type Own = Readonly<{ id: string; userId: string }>

/**
 * Changes the password of whoever is signed in, and signs every other browser and every app out: whoever knew the old one is no longer in.
 * @throws Problem `invalid` with `current` or `password` in its details
 */
export async function changePassword(
  ctx: Ctx,
  session: Own,
  { current, next }: Readonly<{ current: string; next: string }>,
): Promise<void> {
  const user = await findUser(ctx.db, session.userId)
  if (!user) throw notFound()
  if (!(await checkPassword(ctx, { email: user.email, password: current }))) {
    throw invalid('The present password is wrong', {
      current: [{ error: 'ERR_WRONG', description: 'is not the present password' }],
    })
  }
  const { passwordHash } = await prepareUser({ email: user.email, password: next })
  await transaction(ctx.db, async (tx) => {
    await setPasswordHash(tx, user.id, passwordHash)
    await deleteOtherSessions(tx, user.id, session.id)
    await endAppAccess(tx, user.id, ctx.now())
    await record(tx, session, 'user.password_changed')
  })
}

/** Signs one browser of the same user out. @throws Problem `not_found` for a session that is none of theirs */
export async function endSession(ctx: Ctx, session: Own, endedId: string): Promise<void> {
  await transaction(ctx.db, async (tx) => {
    if (!isId(endedId) || !(await deleteSessionOf(tx, session.userId, endedId))) throw notFound()
    await record(tx, session, 'session.ended')
  })
}

/** Signs every other browser of the same user out. */
export async function endOtherSessions(ctx: Ctx, session: Own): Promise<void> {
  await transaction(ctx.db, async (tx) => {
    if ((await deleteOtherSessions(tx, session.userId, session.id)) > 0)
      await record(tx, session, 'session.others_ended')
  })
}

function record(tx: Parameters<typeof recordAct>[0], { userId }: Own, action: string): Promise<void> {
  return recordAct(tx, { viewer: { userId, actorId: null }, action, subjectId: userId })
}
