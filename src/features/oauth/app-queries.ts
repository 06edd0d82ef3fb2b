import { and, desc, eq, isNull } from 'drizzle-orm'
import type { Db, Tx } from '#src/db/client.ts'
import { oauthApps } from '#src/db/schema/oauth.ts'

/** A registered client program. */
export type OAuthApp = Readonly<{
  id: string
  clientId: string
  name: string
  website: string | null
  redirectUris: readonly string[]
  scopes: readonly string[]
}>

const appColumns = {
  id: oauthApps.id,
  clientId: oauthApps.clientId,
  name: oauthApps.name,
  website: oauthApps.website,
  redirectUris: oauthApps.redirectUris,
  scopes: oauthApps.scopes,
}

/** Stores a client program. */
export async function insertApp(
  db: Db,
  app: Omit<OAuthApp, 'id'> & Readonly<{ clientSecretHash: string }>,
): Promise<OAuthApp> {
  const values = { ...app, redirectUris: [...app.redirectUris], scopes: [...app.scopes] }
  const [row] = await db.insert(oauthApps).values(values).returning(appColumns)
  if (!row) throw new Error('an app was not written')
  return row
}

/** Finds a client program by the name that it shows. */
export async function findAppByClientId(
  db: Db,
  clientId: string,
): Promise<(OAuthApp & { clientSecretHash: string }) | null> {
  const columns = { ...appColumns, clientSecretHash: oauthApps.clientSecretHash }
  const [row] = await db.select(columns).from(oauthApps).where(eq(oauthApps.clientId, clientId))
  return row ?? null
}

/** Finds a client program by its id. */
export async function findApp(db: Db, id: string): Promise<OAuthApp | null> {
  const [row] = await db.select(appColumns).from(oauthApps).where(eq(oauthApps.id, id))
  return row ?? null
}

/** When the last one registered of so many client programs that nobody has ever let in, the newest first; null: there are not so many. */
export async function findUnusedSince(db: Db, newest: number): Promise<Date | null> {
  const [row] = await db
    .select({ createdAt: oauthApps.createdAt })
    .from(oauthApps)
    .where(isNull(oauthApps.authorizedAt))
    .orderBy(desc(oauthApps.createdAt))
    .offset(newest - 1)
    .limit(1)
  return row?.createdAt ?? null
}

/** Notes that somebody lets a client program in, if it is for the first time. */
export async function markAuthorized(db: Db | Tx, id: string, now: Date): Promise<void> {
  await db
    .update(oauthApps)
    .set({ authorizedAt: now })
    .where(and(eq(oauthApps.id, id), isNull(oauthApps.authorizedAt)))
}
