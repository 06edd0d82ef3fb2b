import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Db, Tx } from '#src/db/client.ts'
import { instance, type registrationMode } from '#src/db/schema/instance.ts'

/** Who may come in: those who are invited; those too whom an administrator lets in; everybody. */
export type RegistrationMode = (typeof registrationMode.enumValues)[number]

/** What this instance is. */
export type Instance = Readonly<{
  name: string
  description: string
  contactEmail: string | null
  /** Who may come in. */
  registrationMode: RegistrationMode
  /** What is said to those who cannot come in; plain text, empty when nobody wrote it. */
  registrationMessage: string
  /** The organisation that runs it; null as long as none is there. */
  organizationId: string | null
  /** Somebody administers it: the page for setting it up is closed. */
  isSetUp: boolean
}>

// An operator may have made the first login and the first organisation at the command line: what counts is that they are there.
const isSetUp = sql<boolean>`(${instance.setUpAt} is not null or exists (select from users where users.is_admin))`

const organizationId = sql<string | null>`coalesce(${instance.organizationId}, (
  select min(a.id) from actors a where a.host is null and a.type = 'Organization' and a.deleted_at is null))`

/** Finds what this instance is; null before its first start. */
export async function findInstance(db: Db | Tx): Promise<Instance | null> {
  const { name, description, contactEmail, registrationMode, registrationMessage } = instance
  const own = { name, description, contactEmail, registrationMode, registrationMessage }
  const [row] = await db.select({ ...own, organizationId, isSetUp }).from(instance)
  return row ?? null
}

/** Says who may come in from now on, and what is said to the others. */
export async function setRegistrations(
  tx: Tx,
  change: Readonly<{ registrationMode?: RegistrationMode; registrationMessage?: string }>,
): Promise<void> {
  await tx.update(instance).set(change)
}

/** Keeps the token of a new set-up link; the one before is no longer good. False when the instance is set up. */
export async function setSetupToken(db: Db, tokenHash: string): Promise<boolean> {
  const rows = await db
    .update(instance)
    .set({ setupTokenHash: tokenHash })
    .where(sql`not ${isSetUp}`)
    .returning({ id: instance.id })
  return rows.length > 0
}

/** Finds the token of the set-up link, as long as the instance is not set up. */
export async function findSetupTokenHash(db: Db): Promise<string | null> {
  const [row] = await db.select({ hash: instance.setupTokenHash }).from(instance).where(sql`not ${isSetUp}`)
  return row?.hash ?? null
}

/** Closes the set-up for ever; false when it is closed already or the token is another one. Of two at once one succeeds. */
export async function closeSetup(
  tx: Tx,
  tokenHash: string,
  values: Readonly<{ name: string; description: string; setUpAt: Date }>,
): Promise<boolean> {
  const rows = await tx
    .update(instance)
    .set({ ...values, setupTokenHash: null })
    .where(and(eq(instance.setupTokenHash, tokenHash), isNull(instance.setUpAt), sql`not ${isSetUp}`))
    .returning({ id: instance.id })
  return rows.length > 0
}

/** Names the organisation that runs the instance. */
export async function setOrganization(tx: Tx, actorId: string): Promise<void> {
  await tx.update(instance).set({ organizationId: actorId })
}

/** How much this instance is used: for its description in the client API and in NodeInfo. */
export type Usage = Readonly<{
  /** Actors who speak here: what programs with one login for each account call users. */
  users: number
  /** Logins that were used within 30 and within 180 days. */
  activeMonth: number
  activeHalfyear: number
  localPosts: number
  /** Servers that we know. */
  domains: number
}>

/** Counts how much this instance is used. */
export async function countUsage(db: Db, now: Date): Promise<Usage> {
  const [row] = await db.$client<{ [Name in keyof Usage]: string }[]>`
    with seen as (
      select u.id, greatest(u.last_login_at, max(s.last_seen_at), max(t.last_used_at)) as at
      from users u left join sessions s on s.user_id = u.id left join oauth_tokens t on t.user_id = u.id
      where u.disabled_at is null group by u.id
    ), local as (
      select count(*) as users, coalesce(sum(posts_count), 0) as posts from actors
      where host is null and type <> 'Application' and deleted_at is null and suspended_at is null
    )
    select local.users, local.posts as "localPosts",
      (select count(*) from seen where at > ${now.toISOString()}::timestamptz - interval '30 days') as "activeMonth",
      (select count(*) from seen where at > ${now.toISOString()}::timestamptz - interval '180 days') as "activeHalfyear",
      (select count(*) from hosts) as domains
    from local`
  if (!row) throw new Error('counting gave no row')
  const { users, activeMonth, activeHalfyear, localPosts, domains } = row
  return {
    users: Number(users),
    activeMonth: Number(activeMonth),
    activeHalfyear: Number(activeHalfyear),
    localPosts: Number(localPosts),
    domains: Number(domains),
  }
}
