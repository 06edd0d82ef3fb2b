import { isLocale } from '#src/core/i18n.ts'
import { notFound } from '#src/errors.ts'
import { findLocalActor } from '#src/features/actors/queries.ts'
import { givenRoles, type MemberRole } from '#src/features/teams/policy.ts'
import { createInvite } from '#src/features/users/invites.ts'
import { type Command, textOption, UsageError, wordAt } from './command.ts'

/** `invite`: a way in for one person. */
export const inviteCommand: Command = {
  name: 'invite',
  usage: 'invite EMAIL [--actor HANDLE --role ROLE] [--locale en|fr]',
  about:
    'Invites one person, to a login of their own or to the team of HANDLE. The link is mailed where SMTP_URL is set, and printed.',
  options: { actor: { type: 'string' }, role: { type: 'string' }, locale: { type: 'string' } },
  needs: 'context',
  run: async (input, ctx) => {
    const email = wordAt(input, 0, 'EMAIL')
    const handle = textOption(input, 'actor')
    const role = textOption(input, 'role') ?? 'publisher'
    if (!givenRoles.includes(role as MemberRole)) throw new UsageError(`--role must be one of ${givenRoles.join(', ')}`)
    const locale = textOption(input, 'locale') ?? 'en'
    if (!isLocale(locale)) throw new UsageError('--locale must be en or fr')
    const actor = handle ? await findLocalActor(ctx.db, handle.replace(/^@/, '')) : null
    if (handle && (!actor || actor.deletedAt)) throw notFound(`There is no identity called ${handle}`)
    const membership = actor ? { actorId: actor.id, role: role as MemberRole } : null
    const { link, expiresAt, isMailed } = await createInvite(ctx, null, { email, membership, locale })
    const text = `${link}\n${isMailed ? `It is on its way to ${email}.` : `Hand it to ${email}.`} It works once, until ${expiresAt.toISOString().slice(0, 10)}.`
    return { data: { link, email, expiresAt, isMailed }, text }
  },
}
