import type { Ctx } from '#src/context.ts'
import { findEffect } from '#src/db/effects.ts'
import { inviteMail } from '#src/features/users/mail.ts'

/** Sends the mail of a fact. The Message-ID follows from the fact, so that a mail sent twice is shown once. */
export async function sendMail(ctx: Ctx, effectId: string): Promise<void> {
  const effect = await findEffect(ctx.db, effectId)
  if (!effect || !ctx.mailer.isConfigured) return
  const mail = await inviteMail(ctx, effect.payload)
  if (!mail) return
  await ctx.mailer.send({ ...mail, messageId: `${effectId}@${ctx.config.handleHost}` })
}
