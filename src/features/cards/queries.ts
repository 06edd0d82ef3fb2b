import { and, eq, inArray, isNotNull, isNull, lt, or, type SQL, sql } from 'drizzle-orm'
import type { Db, Tx } from '#src/db/client.ts'
import { actors } from '#src/db/schema/actors.ts'
import { cards } from '#src/db/schema/cards.ts'
import type { MediaVariant } from '#src/db/schema/media.ts'
import { posts } from '#src/db/schema/posts.ts'

/** How far the reading of a page has come. */
export type CardState = Readonly<{
  id: string
  dueAt: Date | null
  triedAt: Date | null
  readAt: Date | null
}>

/** The cards of some addresses, by address, whether their pages were read or not. */
export async function listCardStates(db: Db | Tx, urls: readonly string[]): Promise<Map<string, CardState>> {
  const rows = await db
    .select({ url: cards.url, id: cards.id, dueAt: cards.dueAt, triedAt: cards.triedAt, readAt: cards.readAt })
    .from(cards)
    .where(inArray(cards.url, [...urls]))
  return new Map(rows.map(({ url, ...state }) => [url, state]))
}

/** Makes cards whose pages are to be read, in the order of the rows; those that somebody else has made meanwhile stay as they are. */
export async function insertCards(tx: Tx, rows: readonly { url: string; dueAt: Date }[]): Promise<void> {
  await tx
    .insert(cards)
    .values([...rows])
    .onConflictDoNothing()
}

/** Has a page read at a moment, or earlier where that was meant already. */
export async function setCardDue(tx: Tx, id: string, dueAt: Date): Promise<void> {
  const moment = dueAt.toISOString()
  await tx
    .update(cards)
    .set({ dueAt: sql`least(${cards.dueAt}, ${moment}::timestamptz)` })
    .where(eq(cards.id, id))
}

/** A page that is to be read now; `spareKey` is the folder for its picture. */
export type DueCard = Readonly<{ id: string; url: string; failures: number; spareKey: string }>

/** Takes pages that are due; whoever took one and was killed leaves it to others when the lease is over. */
export async function claimDueCards(
  db: Db,
  { limit, now, leaseUntil }: { limit: number; now: Date; leaseUntil: Date },
): Promise<DueCard[]> {
  const due = db
    .select({ id: cards.id })
    .from(cards)
    .where(sql`${cards.dueAt} <= ${now.toISOString()}`)
    .orderBy(cards.dueAt)
    .limit(limit)
    .for('update', { skipLocked: true })
  return db
    .update(cards)
    .set({ dueAt: leaseUntil, spareKey: sql`coalesce(${cards.spareKey}, replace(gen_random_uuid()::text, '-', ''))` })
    .where(inArray(cards.id, due))
    .returning({ id: cards.id, url: cards.url, failures: cards.failures, spareKey: sql<string>`${cards.spareKey}` })
}

/** What was read of a page. */
export type CardFacts = Omit<
  typeof cards.$inferInsert,
  'id' | 'url' | 'dueAt' | 'triedAt' | 'failures' | 'readAt' | 'createdAt' | 'imageKey' | 'spareKey'
>

/**
 * Writes what was read; the picture is in the spare folder when there is one.
 * @returns the folder that is now spare: what is in it can go; null when the card is gone
 */
export async function storeCard(
  tx: Tx,
  id: string,
  facts: CardFacts,
  now: Date,
): Promise<{ spareKey: string | null } | null> {
  const hasImage = Boolean(facts.imageVariants?.length)
  const [row] = await tx
    .update(cards)
    .set({
      ...facts,
      imageKey: hasImage ? sql`${cards.spareKey}` : null,
      spareKey: sql`${cards.imageKey}`,
      dueAt: null,
      triedAt: now,
      readAt: now,
      failures: 0,
    })
    .where(eq(cards.id, id))
    .returning({ spareKey: cards.spareKey })
  return row ?? null
}

/** Notes that a page could not be read; what was read of it before stays. */
export async function storeCardFailure(db: Db, id: string, failure: { now: Date; dueAt: Date | null }): Promise<void> {
  await db
    .update(cards)
    .set({ triedAt: failure.now, dueAt: failure.dueAt, failures: sql`${cards.failures} + 1` })
    .where(eq(cards.id, id))
}

/** A card as it is shown. JSON has no 64-bit numbers and no moments: ids are texts, and so is the moment. */
export type CardRow = Readonly<
  Pick<
    typeof cards.$inferSelect,
    | 'url'
    | 'type'
    | 'title'
    | 'description'
    | 'language'
    | 'providerName'
    | 'providerUrl'
    | 'authorName'
    | 'authorUrl'
    | 'frameUrl'
    | 'frameWidth'
    | 'frameHeight'
    | 'imageKey'
    | 'imageWidth'
    | 'imageHeight'
    | 'imageDescription'
    | 'blurhash'
  > & {
    imageVariants: readonly MediaVariant[]
    publishedAt: string | null
    /** Whom the page names, and which pages they say are theirs. */
    creator: Readonly<{ id: string; version: string; domains: readonly string[] }> | null
  }
>

const creator = sql`(select json_build_object('id', ${actors.id}::text, 'version', ${actors}.xmin::text,
  'domains', ${actors.attributionDomains}) from ${actors}
  where ${actors.id} = ${cards.creatorId} and ${actors.deletedAt} is null and ${actors.suspendedAt} is null)`

const row = sql`json_build_object('url', ${cards.url}, 'type', ${cards.type}, 'title', ${cards.title},
  'description', ${cards.description}, 'language', ${cards.language}, 'providerName', ${cards.providerName},
  'providerUrl', ${cards.providerUrl}, 'authorName', ${cards.authorName}, 'authorUrl', ${cards.authorUrl},
  'frameUrl', ${cards.frameUrl}, 'frameWidth', ${cards.frameWidth}, 'frameHeight', ${cards.frameHeight},
  'imageKey', ${cards.imageKey}, 'imageWidth', ${cards.imageWidth}, 'imageHeight', ${cards.imageHeight},
  'imageDescription', ${cards.imageDescription}, 'blurhash', ${cards.blurhash}, 'imageVariants', ${cards.imageVariants},
  'publishedAt', ${cards.publishedAt}, 'creator', case when ${cards.creatorId} is not null then ${creator} end)`

/** The card of a post as a part of a query on posts; null as long as its page was not read. */
export function cardOf(cardId: SQL) {
  return sql<CardRow | null>`case when ${cardId} is not null then (select ${row} from ${cards}
    where ${cards.id} = ${cardId} and ${cards.readAt} is not null) end`
}

/** Cards whose page was read, by id. */
export async function listCards(db: Db, ids: readonly string[]): Promise<Map<string, CardRow>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .select({ id: cards.id, card: sql<CardRow>`${row}` })
    .from(cards)
    .where(and(inArray(cards.id, [...ids]), isNotNull(cards.readAt)))
  return new Map(rows.map(({ id, card }) => [id, card]))
}

/** The stored sizes of a card's picture by the folder in its address. */
export async function findCardImage(db: Db, key: string): Promise<readonly MediaVariant[] | null> {
  const [found] = await db.select({ variants: cards.imageVariants }).from(cards).where(eq(cards.imageKey, key))
  return found?.variants ?? null
}

/** Cards of which no post is left, and that were made before a moment. */
export async function listUnusedCards(
  db: Db,
  before: Date,
): Promise<{ id: string; imageKey: string | null; spareKey: string | null }[]> {
  return db
    .select({ id: cards.id, imageKey: cards.imageKey, spareKey: cards.spareKey })
    .from(cards)
    .where(
      and(
        lt(cards.createdAt, before),
        or(isNull(cards.triedAt), lt(cards.triedAt, before)),
        sql`not exists (select from ${posts} where ${posts.cardId} = ${cards.id})`,
      ),
    )
    .limit(500)
}

/** Removes a card, unless a post has taken it meanwhile. */
export async function deleteUnusedCard(db: Db, id: string): Promise<boolean> {
  const rows = await db
    .delete(cards)
    .where(and(eq(cards.id, id), sql`not exists (select from ${posts} where ${posts.cardId} = ${cards.id})`))
    .returning({ id: cards.id })
  return rows.length > 0
}
