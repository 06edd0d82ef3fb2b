import type { Ctx } from '#src/context.ts'
import { findEffect, markFinished } from '#src/db/effects.ts'
import { inviteMail } from '#src/features/users/mail.ts'

/** Sends the mail of a fact. The Message-ID follows from the fact, so that a mail sent twice is shown once. */
export async function sendMail(ctx: Ctx, effectId: string): Promise<void> {
  const effect = ctx.mailer.isConfigured ? await findEffect(ctx.db, effectId) : null
  const mail = effect && (await inviteMail(ctx, effect.payload))
  if (mail) await ctx.mailer.send({ ...mail, messageId: `${effectId}@${ctx.config.handleHost}` })
  await markFinished(ctx.db, [effectId], ctx.now())
}
