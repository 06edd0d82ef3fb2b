import type { Ctx } from '#src/context.ts'
import type { Locale } from '#src/core/i18n.ts'
import { hashToken, makeToken } from '#src/core/secrets.ts'
import { recordAct } from '#src/db/audit.ts'
import { transaction } from '#src/db/client.ts'
import { emit } from '#src/effects.ts'
import { notFound } from '#src/errors.ts'
import { setPasswordHash } from './login-queries.ts'
import { findUserByEmail, type User } from './queries.ts'
import { endAllAccess, findReset, putReset, type Reset, takeReset } from './reset-queries.ts'
import { prepareUser } from './service.ts'

const hourMs = 3_600_000

/** For how long a link is good: mailed to who asks for it, or handed over by an operator. */
const lifetimeMs = { mailed: 2 * hourMs, handed: 48 * hourMs } as const

/**
 * Mails a link by which a new password can be chosen. Who asks learns nothing of whether there is such a login: it takes one look-up, and
 * the mail is sent by a worker.
 */
export async function requestReset(ctx: Ctx, email: string, locale: Locale): Promise<void> {
  const user = await findUserByEmail(ctx.db, email.trim())
  if (!user || user.disabledAt || !ctx.mailer.isConfigured) return
  await makeLink(ctx, user, { locale: user.locale ?? locale })
}

/** Makes a link that an operator hands over. */
export function makeResetLink(ctx: Ctx, user: Pick<User, 'id' | 'email'>): Promise<{ link: string; expiresAt: Date }> {
  return makeLink(ctx, user, null)
}

async function makeLink(
  ctx: Ctx,
  { id: userId, email }: Pick<User, 'id' | 'email'>,
  mail: Readonly<{ locale: string }> | null,
): Promise<{ link: string; expiresAt: Date }> {
  const token = makeToken()
  const link = `${ctx.config.publicUrl}/login/reset/${token}`
  const expiresAt = new Date(ctx.now().getTime() + lifetimeMs[mail ? 'mailed' : 'handed'])
  await transaction(ctx.db, async (tx) => {
    await putReset(tx, { userId, tokenHash: hashToken(token), expiresAt })
    await recordAct(tx, { viewer: null, action: 'user.password_reset_requested', subjectId: userId })
    if (mail) await emit(tx, { type: 'password.requested', userId, email, link, locale: mail.locale })
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
