import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { isLocale } from '#src/core/i18n.ts'
import { findActor } from '#src/features/actors/queries.ts'
import { findUser } from '#src/features/users/queries.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { findAnyScheduled } from './queries.ts'

const payloadShape = z.object({ scheduledPostId: z.string() })

/** As much of a post as tells which one it is. */
const beginning = 200

/**
 * Writes the mail of a `schedule.failed`.
 * @returns null when its author has decided meanwhile, or is gone
 */
export async function failureMail(
  ctx: Ctx,
  payload: Record<string, unknown>,
): Promise<{ to: string; subject: string; text: string } | null> {
  const row = await findAnyScheduled(ctx.db, payloadShape.parse(payload).scheduledPostId)
  const user = row?.userId ? await findUser(ctx.db, row.userId) : null
  const actor = row && (await findActor(ctx.db, row.actorId))
  if (!row?.failure || !user || user.disabledAt || !actor) return null
  const t = translatorFor(isLocale(user.locale) ? user.locale : 'en')
  const message = t.mail.notPublished({
    identity: actor.name || actor.handle,
    when: t.format.inZone(row.scheduledAt, user.timeZone ?? 'UTC'),
    reason: row.failure,
    beginning: row.draft.text.slice(0, beginning).toWellFormed(),
    link: `${ctx.uris.publicUrl}/scheduled`,
  })
  return { to: user.email, ...message }
}
