import { and, eq, inArray, isNotNull, isNull, or, sql } from 'drizzle-orm'
import type { Db, Tx } from '#src/db/client.ts'
import { actors } from '#src/db/schema/actors.ts'
import { follows } from '#src/db/schema/follows.ts'
import { notifications } from '#src/db/schema/notifications.ts'
import { oauthTokens } from '#src/db/schema/oauth.ts'
import { pushKeys, pushSubscriptions } from '#src/db/schema/pushes.ts'
import { memberships } from '#src/db/schema/teams.ts'
import { users } from '#src/db/schema/users.ts'

/** The pair of keys of this instance, in base64url. */
export type PushKeys = Readonly<{ publicKey: string; privateKey: string }>

/** Finds the keys of this instance; null before their first use. */
export async function findPushKeys(db: Db): Promise<PushKeys | null> {
  const { publicKey, privateKey } = pushKeys
  const [row] = await db.select({ publicKey, privateKey }).from(pushKeys)
  return row ?? null
}

/** Stores the keys of this instance, unless it has some. */
export async function insertPushKeys(db: Db, keys: PushKeys): Promise<void> {
  await db.insert(pushKeys).values(keys).onConflictDoNothing()
}

/** Where a device is told of what. */
export type PushSubscription = Readonly<Omit<typeof pushSubscriptions.$inferSelect, 'createdAt' | 'tokenId'>>

const columns = {
  id: pushSubscriptions.id,
  actorId: pushSubscriptions.actorId,
  endpoint: pushSubscriptions.endpoint,
  p256dh: pushSubscriptions.p256dh,
  auth: pushSubscriptions.auth,
  isStandard: pushSubscriptions.isStandard,
  alerts: pushSubscriptions.alerts,
  policy: pushSubscriptions.policy,
  sealedToken: pushSubscriptions.sealedToken,
}

const ofToken = (db: Db | Tx, tokenHash: string) =>
  inArray(
    pushSubscriptions.tokenId,
    db.select({ id: oauthTokens.id }).from(oauthTokens).where(eq(oauthTokens.tokenHash, tokenHash)),
  )

/** Finds the subscription of a token. */
export async function findSubscription(db: Db, tokenHash: string): Promise<PushSubscription | null> {
  const [row] = await db.select(columns).from(pushSubscriptions).where(ofToken(db, tokenHash))
  return row ?? null
}

/** Stores the subscription of a token, which takes the place of the one before. */
export async function putSubscription(
  tx: Tx,
  tokenHash: string,
  row: Omit<PushSubscription, 'id'>,
): Promise<PushSubscription> {
  await deleteSubscriptionOf(tx, tokenHash)
  const tokenId = sql`(select ${oauthTokens.id} from ${oauthTokens} where ${oauthTokens.tokenHash} = ${tokenHash})`
  const [written] = await tx
    .insert(pushSubscriptions)
    .values({ ...row, tokenId })
    // Of two at the same moment the later one counts.
    .onConflictDoUpdate({ target: pushSubscriptions.tokenId, set: row })
    .returning(columns)
  if (!written) throw new Error('a subscription was not written')
  return written
}

/** Changes what the device of a token is told of; null when it is told of nothing. */
export async function updateSubscription(
  tx: Tx,
  tokenHash: string,
  change: Partial<Pick<PushSubscription, 'alerts' | 'policy'>>,
): Promise<PushSubscription | null> {
  const [row] = await tx.update(pushSubscriptions).set(change).where(ofToken(tx, tokenHash)).returning(columns)
  return row ?? null
}

/** Ends the subscription of a token, if it has one. */
export async function deleteSubscriptionOf(tx: Db | Tx, tokenHash: string): Promise<void> {
  await tx.delete(pushSubscriptions).where(ofToken(tx, tokenHash))
}

/** Ends a subscription. */
export async function deleteSubscription(db: Db, id: string): Promise<void> {
  await db.delete(pushSubscriptions).where(eq(pushSubscriptions.id, id))
}

/** Removes what is left of subscriptions whose token was revoked; returns how many there were. */
export async function pruneSubscriptions(db: Db): Promise<number> {
  const revoked = db.select({ id: oauthTokens.id }).from(oauthTokens).where(isNotNull(oauthTokens.revokedAt))
  const rows = await db
    .delete(pushSubscriptions)
    .where(inArray(pushSubscriptions.tokenId, revoked))
    .returning({ id: pushSubscriptions.id })
  return rows.length
}

/** Which devices are to be told of which notifications. */
export type PushOrder = Readonly<{ notificationId: string; subscriptionId: string }>

const isFollowed = sql`exists (select from ${follows} where ${follows.followerId} = ${notifications.actorId}
  and ${follows.followeeId} = ${notifications.fromActorId} and ${follows.state} = 'accepted')`

const isFollower = sql`exists (select from ${follows} where ${follows.followerId} = ${notifications.fromActorId}
  and ${follows.followeeId} = ${notifications.actorId} and ${follows.state} = 'accepted')`

/** Lists the devices that want to hear of some notifications: their kind, and by whom they are. */
export async function listPushOrders(tx: Tx, notificationIds: readonly string[]): Promise<PushOrder[]> {
  return tx
    .select({ notificationId: notifications.id, subscriptionId: pushSubscriptions.id })
    .from(notifications)
    .innerJoin(pushSubscriptions, eq(pushSubscriptions.actorId, notifications.actorId))
    .innerJoin(oauthTokens, and(eq(oauthTokens.id, pushSubscriptions.tokenId), isNull(oauthTokens.revokedAt)))
    .where(
      and(
        inArray(notifications.id, [...notificationIds]),
        sql`${notifications.kind}::text = any(${pushSubscriptions.alerts})`,
        or(
          eq(pushSubscriptions.policy, 'all'),
          and(eq(pushSubscriptions.policy, 'followed'), isFollowed),
          and(eq(pushSubscriptions.policy, 'follower'), isFollower),
        ),
      ),
    )
    .orderBy(notifications.id, pushSubscriptions.id)
}

/** A subscription with the language of the person who reads it. */
export type LiveSubscription = PushSubscription & Readonly<{ locale: string | null }>

/** Finds a subscription whose token is good at this moment: not revoked, of a user who may still act as its actor. */
export async function findLiveSubscription(db: Db, id: string): Promise<LiveSubscription | null> {
  const [row] = await db
    .select({ ...columns, locale: users.locale })
    .from(pushSubscriptions)
    .innerJoin(oauthTokens, and(eq(oauthTokens.id, pushSubscriptions.tokenId), isNull(oauthTokens.revokedAt)))
    .innerJoin(users, and(eq(users.id, oauthTokens.userId), isNull(users.disabledAt)))
    .innerJoin(memberships, and(eq(memberships.userId, users.id), eq(memberships.actorId, pushSubscriptions.actorId)))
    .innerJoin(actors, and(eq(actors.id, memberships.actorId), isNull(actors.deletedAt), isNull(actors.suspendedAt)))
    .where(eq(pushSubscriptions.id, id))
  return row ?? null
}
