import type { Ctx, Viewer } from '#src/context.ts'
import { isId } from '#src/core/ids.ts'
import { hashToken, makeToken } from '#src/core/secrets.ts'
import { recordAct } from '#src/db/audit.ts'
import { transaction } from '#src/db/client.ts'
import { forbidden } from '#src/errors.ts'
import {
  deleteExpiredSessions,
  deleteSession,
  findSessionRow,
  insertSession,
  markLogin,
  markSessionSeen,
  type SessionRow,
  setSessionActor,
} from './queries.ts'

const hourMs = 3_600_000

/** A session that is not used for this long ends. */
export const sessionLifetimeMs = 30 * 24 * hourMs

/** A use is noted at most this often. */
const noteUseEveryMs = hourMs

/** What a browser that is signed in may do: everything that the role allows. */
const everything = ['profile', 'read', 'write', 'follow', 'push'] as const

/** A browser that is signed in. */
export type OpenSession = Readonly<{
  id: string
  userId: string
  locale: string | null
  isAdmin: boolean
  /** As whom it acts; null for a user who may act as nobody. */
  viewer: Viewer | null
}>

/** Finds a session by the token in its cookie, and lets it live on; null when it has ended or its user is disabled. */
export async function findSession(ctx: Ctx, token: string): Promise<OpenSession | null> {
  const now = ctx.now()
  const seenSince = new Date(now.getTime() - noteUseEveryMs)
  const row = await findSessionRow(ctx.db, hashToken(token), { now, seenSince })
  if (!row) return null
  if (!row.isFresh) await markSessionSeen(ctx.db, row.id, now, new Date(now.getTime() + sessionLifetimeMs))
  const { id, userId, locale, isAdmin } = row
  return { id, userId, locale, isAdmin, viewer: toViewer(row) }
}

function toViewer({ userId, actorId, role }: SessionRow): Viewer | null {
  return actorId && role ? { userId, actorId, role, scopes: everything, appId: null } : null
}

/** What a new session needs to know. */
export type SessionInput = Readonly<{
  userId: string
  /** As whom it acts first; null: the user's own actor, else any of the user's. */
  actorId?: string | null
  userAgent: string
  /** The token that the browser sent before: that session ends. */
  replacedToken?: string | undefined
}>

/** Signs a user in and returns the token for the cookie. Always a new one, so that nobody can plant a token beforehand. */
export async function openSession(ctx: Ctx, input: SessionInput): Promise<string> {
  const token = makeToken()
  const now = ctx.now()
  const { userId, actorId = null, userAgent, replacedToken } = input
  await transaction(ctx.db, async (tx) => {
    await deleteExpiredSessions(tx, userId, now)
    if (replacedToken) await deleteSession(tx, hashToken(replacedToken))
    await insertSession(tx, {
      tokenHash: hashToken(token),
      userId,
      actorId,
      userAgent: userAgent.slice(0, 300),
      createdAt: now,
      lastSeenAt: now,
      expiresAt: new Date(now.getTime() + sessionLifetimeMs),
    })
    await markLogin(tx, userId, now)
    await recordAct(tx, { viewer: { userId, actorId }, action: 'session.opened', subjectId: null })
  })
  return token
}

/** Signs a browser out. */
export async function closeSession(ctx: Ctx, token: string): Promise<void> {
  await deleteSession(ctx.db, hashToken(token))
}

/**
 * Chooses as whom a session acts from now on.
 * @throws Problem `forbidden` for an actor in whose team the user is not
 */
export async function actAs(
  ctx: Ctx,
  session: Readonly<{ id: string; userId: string }>,
  actorId: string,
): Promise<void> {
  const isChosen = isId(actorId) && (await setSessionActor(ctx.db, session, actorId))
  if (!isChosen) throw forbidden('You may not act as this identity')
}
