import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { isLocale } from '#src/core/i18n.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { findInviteFacts } from './invite-queries.ts'
import { findOpenReset } from './reset.ts'

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

const resetPayload = z.object({ userId: z.string(), email: z.string(), link: z.string(), locale: z.string() })

/** Writes the mail of a `password.requested`. @returns null when the link was used, has expired or is not the last one */
export async function resetMail(
  ctx: Ctx,
  payload: Record<string, unknown>,
): Promise<{ to: string; subject: string; text: string } | null> {
  const { userId, email, link, locale } = resetPayload.parse(payload)
  const reset = await findOpenReset(ctx, link.slice(link.lastIndexOf('/') + 1))
  if (reset?.userId !== userId) return null
  const { mail } = translatorFor(isLocale(locale) ? locale : 'en')
  return { to: email, ...mail.reset({ instance: reset.instance, link }) }
}
