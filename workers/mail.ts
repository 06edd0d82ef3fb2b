import type { Ctx } from '#src/context.ts'
import type { Mail } from '#src/core/mail.ts'
import { findEffect, markFinished } from '#src/db/effects.ts'
import { confirmationMail, welcomeMail } from '#src/features/registrations/mail.ts'
import { failureMail } from '#src/features/schedule/mail.ts'
import { inviteMail, resetMail } from '#src/features/users/mail.ts'

type Writer = (ctx: Ctx, payload: Record<string, unknown>) => Promise<Omit<Mail, 'messageId'> | null>

/** Who writes the mail of which fact. */
const writers: Readonly<Record<string, Writer>> = {
  'invite.created': inviteMail,
  'password.requested': resetMail,
  'registration.requested': confirmationMail,
  'registration.approved': welcomeMail,
  'schedule.failed': failureMail,
}

/** Sends the mail of a fact. The Message-ID follows from the fact, so that a mail sent twice is shown once. */
export async function sendMail(ctx: Ctx, effectId: string): Promise<void> {
  const effect = ctx.mailer.isConfigured ? await findEffect(ctx.db, effectId) : null
  const write = effect && writers[effect.type]
  const mail = write ? await write(ctx, effect.payload) : null
  if (mail) await ctx.mailer.send({ ...mail, messageId: `${effectId}@${ctx.config.handleHost}` })
  await markFinished(ctx.db, [effectId], ctx.now())
}
