import { and, desc, eq, inArray, isNotNull, isNull, lt, max, sql } from 'drizzle-orm'
import type { Db, Tx } from '#src/db/client.ts'
import { actors } from '#src/db/schema/actors.ts'
import { oauthApps, oauthCodes, oauthTokens } from '#src/db/schema/oauth.ts'
import { memberships } from '#src/db/schema/teams.ts'
import { users } from '#src/db/schema/users.ts'
import type { MemberRole } from '#src/features/teams/policy.ts'
import { markAuthorized } from './app-queries.ts'

/** A consent that waits for its token. */
export type OAuthCode = typeof oauthCodes.$inferSelect

/** Stores a consent. */
export async function insertCode(tx: Tx, code: typeof oauthCodes.$inferInsert & { createdAt: Date }): Promise<void> {
  await tx.insert(oauthCodes).values(code)
  await markAuthorized(tx, code.appId, code.createdAt)
}

/** Finds a consent and holds it until the transaction ends: of two who show the same code the second one waits. */
export async function lockCode(tx: Tx, codeHash: string): Promise<OAuthCode | null> {
  const [row] = await tx.select().from(oauthCodes).where(eq(oauthCodes.codeHash, codeHash)).for('update')
  return row ?? null
}

/** Marks a consent as turned into a token. */
export async function markCodeUsed(tx: Tx, codeHash: string, now: Date): Promise<void> {
  await tx.update(oauthCodes).set({ usedAt: now }).where(eq(oauthCodes.codeHash, codeHash))
}

/** Removes consents that expired before a moment; returns how many. */
export async function pruneCodes(db: Db, before: Date): Promise<number> {
  const rows = await db
    .delete(oauthCodes)
    .where(lt(oauthCodes.expiresAt, before))
    .returning({ hash: oauthCodes.codeHash })
  return rows.length
}

/** Tokens that are removed in one statement. */
const prunedAtOnce = 1_000

/**
 * Removes tokens that were revoked before a moment, and those of programs alone, which stand for nobody, that were not used since another;
 * the program asks for a new one. Returns how many.
 */
export async function pruneTokens(db: Db, before: Readonly<{ revoked: Date; unused: Date }>): Promise<number> {
  const lots = [
    sql`${oauthTokens.revokedAt} < ${before.revoked.toISOString()}`,
    sql`${oauthTokens.userId} is null and ${oauthTokens.actorId} is null and ${oauthTokens.registrationId} is null
      and ${oauthTokens.createdAt} < ${before.unused.toISOString()}
      and coalesce(${oauthTokens.lastUsedAt}, ${oauthTokens.createdAt}) < ${before.unused.toISOString()}`,
  ]
  let total = 0
  for (const lot of lots) {
    for (let done = prunedAtOnce; done === prunedAtOnce; total += done) {
      const some = db.select({ id: oauthTokens.id }).from(oauthTokens).where(lot).limit(prunedAtOnce)
      done = (await db.delete(oauthTokens).where(inArray(oauthTokens.id, some)).returning({ id: oauthTokens.id }))
        .length
    }
  }
  return total
}

/** A token as it is written. */
export type NewToken = Readonly<{
  tokenHash: string
  appId: string | null
  userId: string | null
  actorId: string | null
  /** Who has registered with it and is not in yet. */
  registrationId?: string
  scopes: readonly string[]
  codeHash: string | null
  createdAt: Date
}>

/** Stores a token; returns its id. */
export async function insertToken(db: Db | Tx, token: NewToken): Promise<string> {
  const [row] = await db
    .insert(oauthTokens)
    .values({ ...token, scopes: [...token.scopes] })
    .returning({ id: oauthTokens.id })
  if (!row) throw new Error('a token was not written')
  const isForSomebody = token.userId !== null || token.registrationId !== undefined
  if (token.appId && isForSomebody) await markAuthorized(db, token.appId, token.createdAt)
  return row.id
}

/** What a token stands for at this moment. */
export type GrantRow = Readonly<{
  id: string
  appId: string | null
  userId: string | null
  actorId: string | null
  role: MemberRole | null
  registrationId: string | null
  isConfirmed: boolean
  scopes: readonly string[]
  isUseNoted: boolean
}>

/**
 * Finds what a token stands for. Asked at every request of a client, so it is one statement that PostgreSQL has prepared. A token of a
 * user who is disabled, has left the team, or whose actor is gone stands for nothing.
 * @param notedSince a use that was noted after this need not be noted again
 */
export async function findGrant(db: Db, tokenHash: string, notedSince: Date): Promise<GrantRow | null> {
  const [row] = await db.$client<GrantRow[]>`
    select t.id, t.app_id as "appId", t.user_id as "userId", t.actor_id as "actorId", m.role, t.scopes,
      t.registration_id as "registrationId", r.confirmed_at is not null as "isConfirmed",
      coalesce(t.last_used_at > ${notedSince.toISOString()}::timestamptz, false) as "isUseNoted"
    from oauth_tokens t
    left join users u on u.id = t.user_id and u.disabled_at is null
    left join memberships m on m.user_id = u.id and m.actor_id = t.actor_id
    left join actors a on a.id = m.actor_id and a.deleted_at is null and a.suspended_at is null
    left join registrations r on r.id = t.registration_id
    where t.token_hash = ${tokenHash} and t.revoked_at is null and (t.user_id is null or a.id is not null)`
  return row ?? null
}

/** Notes that a token was used. */
export async function markTokenUsed(db: Db, id: string, now: Date): Promise<void> {
  await db.update(oauthTokens).set({ lastUsedAt: now }).where(eq(oauthTokens.id, id))
}

/** Makes the tokens of somebody who has registered those of the user and actor that came of it. */
export async function bindTokens(
  tx: Tx,
  registrationId: string,
  who: Readonly<{ userId: string; actorId: string }>,
): Promise<void> {
  await tx
    .update(oauthTokens)
    .set({ ...who, registrationId: null })
    .where(eq(oauthTokens.registrationId, registrationId))
}

/** Finds whose token this is, also when it has been revoked. */
export async function findTokenOwner(db: Db, tokenHash: string): Promise<{ id: string; appId: string | null } | null> {
  const [row] = await db
    .select({ id: oauthTokens.id, appId: oauthTokens.appId })
    .from(oauthTokens)
    .where(eq(oauthTokens.tokenHash, tokenHash))
  return row ?? null
}

/** Ends one token. */
export async function revokeToken(db: Db, id: string, now: Date): Promise<void> {
  await db
    .update(oauthTokens)
    .set({ revokedAt: now })
    .where(and(eq(oauthTokens.id, id), isNull(oauthTokens.revokedAt)))
}

/** Ends what a code gave. */
export async function revokeTokensOfCode(tx: Tx, codeHash: string, now: Date): Promise<void> {
  await tx
    .update(oauthTokens)
    .set({ revokedAt: now })
    .where(and(eq(oauthTokens.codeHash, codeHash), isNull(oauthTokens.revokedAt)))
}

/** Ends the tokens with which an app acts for a user as one actor; `appId` null: those made at the command line. Returns how many. */
export async function revokeTokensOfApp(
  tx: Tx,
  whose: Readonly<{ userId: string; actorId: string; appId: string | null }>,
  now: Date,
): Promise<number> {
  const rows = await tx
    .update(oauthTokens)
    .set({ revokedAt: now })
    .where(
      and(
        eq(oauthTokens.userId, whose.userId),
        eq(oauthTokens.actorId, whose.actorId),
        whose.appId ? eq(oauthTokens.appId, whose.appId) : isNull(oauthTokens.appId),
        isNull(oauthTokens.revokedAt),
      ),
    )
    .returning({ id: oauthTokens.id })
  return rows.length
}

/** An app that acts for a user as one of the user's actors. */
export type AuthorizedApp = Readonly<{
  /** Null for tokens that an operator made at the command line. */
  appId: string | null
  name: string | null
  website: string | null
  actorId: string
  scopes: readonly string[]
  authorizedAt: Date
  lastUsedAt: Date | null
}>

/** Lists the apps that act for a user, last authorised first: one line for each app and actor. */
export async function listAuthorizedApps(db: Db, userId: string): Promise<AuthorizedApp[]> {
  const rows = await db
    .select({
      appId: oauthTokens.appId,
      name: oauthApps.name,
      website: oauthApps.website,
      actorId: actors.id,
      scopes: sql<string[][]>`jsonb_agg(to_jsonb(${oauthTokens.scopes}))`,
      authorizedAt: sql<Date>`max(${oauthTokens.createdAt})`.mapWith(oauthTokens.createdAt),
      lastUsedAt: max(oauthTokens.lastUsedAt),
    })
    .from(oauthTokens)
    .innerJoin(actors, eq(actors.id, oauthTokens.actorId))
    .leftJoin(oauthApps, eq(oauthApps.id, oauthTokens.appId))
    .where(and(eq(oauthTokens.userId, userId), isNull(oauthTokens.revokedAt), isNotNull(oauthTokens.actorId)))
    .groupBy(oauthTokens.appId, oauthApps.name, oauthApps.website, actors.id)
    .orderBy(desc(max(oauthTokens.id)))
  return rows.map((row) => ({ ...row, scopes: [...new Set(row.scopes.flat())] }))
}

/** The role of a user in the team of an actor that can speak; null when there is none or the user may not sign in. */
export async function findRole(db: Db | Tx, userId: string, actorId: string): Promise<MemberRole | null> {
  const [row] = await db
    .select({ role: memberships.role })
    .from(memberships)
    .innerJoin(users, and(eq(users.id, memberships.userId), isNull(users.disabledAt)))
    .innerJoin(actors, and(eq(actors.id, memberships.actorId), isNull(actors.deletedAt), isNull(actors.suspendedAt)))
    .where(and(eq(memberships.userId, userId), eq(memberships.actorId, actorId)))
  return row?.role ?? null
}

/** Which of some tokens stand for a viewer at this moment, by the rule of `findGrant`. */
export async function listLiveTokens(db: Db, tokenHashes: readonly string[]): Promise<Set<string>> {
  if (tokenHashes.length === 0) return new Set()
  const rows = await db
    .select({ hash: oauthTokens.tokenHash })
    .from(oauthTokens)
    .innerJoin(users, and(eq(users.id, oauthTokens.userId), isNull(users.disabledAt)))
    .innerJoin(memberships, and(eq(memberships.userId, users.id), eq(memberships.actorId, oauthTokens.actorId)))
    .innerJoin(actors, and(eq(actors.id, memberships.actorId), isNull(actors.deletedAt), isNull(actors.suspendedAt)))
    .where(and(inArray(oauthTokens.tokenHash, [...tokenHashes]), isNull(oauthTokens.revokedAt)))
  return new Set(rows.map(({ hash }) => hash))
}
