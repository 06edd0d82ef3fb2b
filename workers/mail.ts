import type { Ctx } from '#src/context.ts'
import type { Mail } from '#src/core/mail.ts'
import { type EffectRow, findEffect, markFinished } from '#src/db/effects.ts'
import { endedMail, movedMail, placedMail, receivedMail } from '#src/features/orders/mail.ts'
import { confirmationMail, welcomeMail } from '#src/features/registrations/mail.ts'
import { failureMail } from '#src/features/schedule/mail.ts'
import { inviteMail, resetMail } from '#src/features/users/mail.ts'

type Writer = (ctx: Ctx, payload: Record<string, unknown>) => Promise<Omit<Mail, 'messageId'> | null>

/** Who writes the mail of which fact. */
const writers: Readonly<Record<string, Writer>> = {
  'invite.created': inviteMail,
  'order.ended': endedMail,
  'order.moved': movedMail,
  'order.placed': placedMail,
  'order.received': receivedMail,
  'password.requested': resetMail,
  'registration.requested': confirmationMail,
  'registration.approved': welcomeMail,
  'schedule.failed': failureMail,
}

/** Mail about orders is kept in a folder where there is no mail server: it is part of what the law asks of a seller. */
const kept: ReadonlySet<string> = new Set(['order.ended', 'order.moved', 'order.placed', 'order.received'])

/** Sends the mail of a fact. The Message-ID follows from the fact, so that a mail sent twice is shown once. */
export async function sendMail(ctx: Ctx, effectId: string): Promise<void> {
  const effect = await findEffect(ctx.db, effectId)
  const mail = effect && (ctx.mailer.isConfigured || kept.has(effect.type)) ? await write(ctx, effect) : null
  if (mail) await ctx.mailer.send({ ...mail, messageId: `${effectId}@${ctx.config.handleHost}` })
  await markFinished(ctx.db, [effectId], ctx.now())
}

async function write(ctx: Ctx, { type, payload }: EffectRow): ReturnType<Writer> {
  return writers[type]?.(ctx, payload) ?? null
}
