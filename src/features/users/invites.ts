import { z } from 'zod'
import type { Ctx, Viewer } from '#src/context.ts'
import type { Locale } from '#src/core/i18n.ts'
import { hashToken, makeToken } from '#src/core/secrets.ts'
import { recordAct } from '#src/db/audit.ts'
import { transaction } from '#src/db/client.ts'
import { emit } from '#src/effects.ts'
import { forbidden, invalid } from '#src/errors.ts'
import { type MemberRole, may } from '#src/features/teams/policy.ts'
import { findInvite, type Invite, insertInvite } from './invite-queries.ts'

/** For how long an invitation can be accepted. */
const inviteLifetimeMs = 14 * 24 * 3_600_000

/** Whom to invite to what. */
export type InviteInput = Readonly<{
  /** Where the link is sent when there is a mail server; null: the link is handed over by other means. */
  email: string | null
  /** The team to join and the role in it; null: a login with an identity of its own. */
  membership: Readonly<{ actorId: string; role: MemberRole }> | null
  /** The language of the mail. */
  locale: Locale
}>

/** An invitation with its link, which is known only now. */
export type NewInvitation = Readonly<{ id: string; link: string; expiresAt: Date; isMailed: boolean }>

/**
 * Makes a link by which one person gets a login, and a place in a team. It is bound to its token alone: whoever holds it is meant,
 * whatever address was written on the envelope.
 * @param viewer null: an operator at the command line
 * @throws Problem `forbidden` when the viewer may not decide about this team
 */
export async function createInvite(ctx: Ctx, viewer: Viewer | null, input: InviteInput): Promise<NewInvitation> {
  const { email, membership, locale } = input
  if (email !== null && !z.email().safeParse(email).success) throw invalid(`${email} is not an e-mail address`)
  if (viewer) checkMayInvite(viewer, membership)
  const token = makeToken()
  const link = `${ctx.config.publicUrl}/invite/${token}`
  const createdAt = ctx.now()
  const expiresAt = new Date(createdAt.getTime() + inviteLifetimeMs)
  const place = { actorId: membership?.actorId ?? null, role: membership?.role ?? null }
  const isMailed = email !== null && ctx.mailer.isConfigured
  const id = await transaction(ctx.db, async (tx) => {
    const tokenHash = hashToken(token)
    const invitedBy = viewer?.userId ?? null
    const written = await insertInvite(tx, { tokenHash, email, ...place, invitedBy, createdAt, expiresAt })
    await recordAct(tx, { viewer, action: 'invite.created', subjectId: written, details: place })
    if (isMailed) await emit(tx, { type: 'invite.created', inviteId: written, email, link, locale })
    return written
  })
  return { id, link, expiresAt, isMailed }
}

/** Who decides about a team may fill it, and only an owner may make another one. */
function checkMayInvite(viewer: Viewer, membership: InviteInput['membership']): void {
  const isOwnTeam = membership?.actorId === viewer.actorId && may(viewer.role, 'team')
  const isAboveOwn = membership?.role === 'owner' && viewer.role !== 'owner'
  if (!isOwnTeam || isAboveOwn) throw forbidden('You may not invite somebody to this team with this role')
}

/** Finds an open invitation by the token in its link. */
export async function findOpenInvite(ctx: Ctx, token: string): Promise<Invite | null> {
  return findInvite(ctx.db, hashToken(token), ctx.now())
}
