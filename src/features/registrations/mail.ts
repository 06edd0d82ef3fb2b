import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { isLocale } from '#src/core/i18n.ts'
import { hashToken } from '#src/core/secrets.ts'
import { getInstance } from '#src/features/instance/service.ts'
import { findUser } from '#src/features/users/queries.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { findRegistration, isLastLink } from './queries.ts'

type Written = Readonly<{ to: string; subject: string; text: string }>

const requestedShape = z.object({ registrationId: z.string(), email: z.string(), link: z.string().nullable() })
const approvedShape = z.object({ userId: z.string() })

/**
 * Writes the mail of a `registration.requested`: the link or, to who has a login already, that this is so.
 * @returns null when the registration is over, or has another link meanwhile
 */
export async function confirmationMail(ctx: Ctx, payload: Record<string, unknown>): Promise<Written | null> {
  const { registrationId, email, link } = requestedShape.parse(payload)
  const registration = await findRegistration(ctx.db, registrationId)
  if (!registration || registration.confirmedAt) return null
  const { mail } = translatorFor(isLocale(registration.locale) ? registration.locale : 'en')
  const { name: instance } = await getInstance(ctx)
  const { handle } = registration
  if (link === null) {
    return { to: email, ...mail.loginExists({ instance, link: `${ctx.config.publicUrl}/login` }) }
  }
  const token = link.slice(link.lastIndexOf('/') + 1)
  if (!(await isLastLink(ctx.db, registrationId, hashToken(token)))) return null
  return { to: email, ...mail.confirmAddress({ instance, handle: `@${handle}@${ctx.config.handleHost}`, link }) }
}

/** Writes the mail of a `registration.approved`. @returns null when its reader may no longer sign in */
export async function welcomeMail(ctx: Ctx, payload: Record<string, unknown>): Promise<Written | null> {
  const user = await findUser(ctx.db, approvedShape.parse(payload).userId)
  if (!user || user.disabledAt) return null
  const { mail } = translatorFor(isLocale(user.locale) ? user.locale : 'en')
  const { name: instance } = await getInstance(ctx)
  return { to: user.email, ...mail.approved({ instance, link: `${ctx.config.publicUrl}/login` }) }
}
