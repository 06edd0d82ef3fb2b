import type { Ctx } from '#src/context.ts'
import type { Locale } from '#src/core/i18n.ts'
import { hashToken, makeToken } from '#src/core/secrets.ts'
import { recordAct } from '#src/db/audit.ts'
import { transaction } from '#src/db/client.ts'
import { emit } from '#src/effects.ts'
import { notFound } from '#src/errors.ts'
import { setPasswordHash } from './login-queries.ts'
import type { User } from './queries.ts'
import { endAllAccess, findReset, putReset, type Reset, takeReset } from './reset-queries.ts'
import { prepareUser } from './service.ts'

const hourMs = 3_600_000

/** For how long a link is good: mailed to who asks for it, or handed over by an operator. */
const lifetimeMs = { mailed: 2 * hourMs, handed: 48 * hourMs } as const

/**
 * Wants a link mailed by which a new password can be chosen. Whether there is such a login is looked up by a worker: who asks cannot tell
 * it, not even by the time that the answer takes.
 */
export async function requestReset(ctx: Ctx, email: string, locale: Locale): Promise<void> {
  // Nothing longer is an address (RFC 5321, section 4.5.3.1), and nobody's rows are to be filled by strangers.
  if (!ctx.mailer.isConfigured || email.length > 320) return
  await transaction(ctx.db, (tx) => emit(tx, { type: 'password.requested', email: email.trim(), locale }))
}

/** Makes a link for a user; the one before is no longer good. */
export async function makeResetLink(
  ctx: Ctx,
  { id: userId }: Pick<User, 'id'>,
  way: keyof typeof lifetimeMs,
): Promise<{ link: string; expiresAt: Date }> {
  const token = makeToken()
  const link = `${ctx.config.publicUrl}/login/reset/${token}`
  const expiresAt = new Date(ctx.now().getTime() + lifetimeMs[way])
  await transaction(ctx.db, async (tx) => {
    await putReset(tx, { userId, tokenHash: hashToken(token), expiresAt })
    await recordAct(tx, { viewer: null, action: 'user.password_reset_requested', subjectId: userId })
  })
  return { link, expiresAt }
}

/** Finds whose link this is; null when it is over. */
export function findOpenReset(ctx: Ctx, token: string): Promise<Reset | null> {
  return findReset(ctx.db, hashToken(token), ctx.now())
}

/**
 * Chooses a new password by a link, once. Whoever was in by the old one is out: every browser and every app.
 * @throws Problem `not_found` when the link is over, `invalid` with `details.password`
 */
export async function resetPassword(ctx: Ctx, token: string, password: string): Promise<void> {
  const reset = await findOpenReset(ctx, token)
  if (!reset) throw notFound('This link is no longer good')
  const { userId, email } = reset
  const { passwordHash } = await prepareUser({ email, password })
  await transaction(ctx.db, async (tx) => {
    if (!(await takeReset(tx, hashToken(token)))) throw notFound('This link is no longer good')
    await setPasswordHash(tx, userId, passwordHash)
    await endAllAccess(tx, userId, ctx.now())
    await recordAct(tx, { viewer: { userId, actorId: null }, action: 'user.password_reset', subjectId: userId })
  })
}
