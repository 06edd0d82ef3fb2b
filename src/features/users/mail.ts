import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { isLocale } from '#src/core/i18n.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { findInviteFacts } from './invite-queries.ts'
import { findUserByEmail } from './queries.ts'
import { makeResetLink } from './reset.ts'
import { readInstanceName } from './reset-queries.ts'

const invitePayload = z.object({ inviteId: z.string(), email: z.string(), link: z.string(), locale: z.string() })

/**
 * Writes the mail of an `invite.created`.
 * @returns null when the invitation was accepted or has expired meanwhile
 */
export async function inviteMail(
  ctx: Ctx,
  payload: Record<string, unknown>,
): Promise<{ to: string; subject: string; text: string } | null> {
  const { inviteId, email, link, locale } = invitePayload.parse(payload)
  const facts = await findInviteFacts(ctx.db, inviteId, ctx.now())
  if (!facts) return null
  const { mail } = translatorFor(isLocale(locale) ? locale : 'en')
  return { to: email, ...mail.invitation({ ...facts, link }) }
}

const resetPayload = z.object({ email: z.string(), locale: z.string() })

/** Writes the mail of a `password.requested`, with a link that is made now. @returns null when nobody signs in with the address */
export async function resetMail(
  ctx: Ctx,
  payload: Record<string, unknown>,
): Promise<{ to: string; subject: string; text: string } | null> {
  const wish = resetPayload.parse(payload)
  const user = await findUserByEmail(ctx.db, wish.email)
  if (!user || user.disabledAt) return null
  const { link } = await makeResetLink(ctx, user, 'mailed')
  const locale = user.locale ?? wish.locale
  const { mail } = translatorFor(isLocale(locale) ? locale : 'en')
  return { to: user.email, ...mail.reset({ instance: await readInstanceName(ctx.db), link }) }
}
