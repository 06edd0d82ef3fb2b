import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Page } from '#src/core/paging.ts'
import type { Db } from '#src/db/client.ts'
import { keyset, keysetOrder } from '#src/db/keyset.ts'
import { actors } from '#src/db/schema/actors.ts'
import { posts } from '#src/db/schema/posts.ts'
import { listCardStates } from '#src/features/cards/queries.ts'
import { isHeard } from '#src/features/mutes/queries.ts'
import { isListedFor, visibleTo } from '#src/features/posts/queries.ts'
import { toPage } from './queries.ts'

/**
 * The id of the card of an address to which somebody links openly; null for all others, so that nobody learns what is linked to in
 * private.
 */
export async function findOpenCard(db: Db, url: string): Promise<string | null> {
  const card = (await listCardStates(db, [url])).get(url)
  if (!card) return null
  const [row] = await db
    .select({ id: posts.id })
    .from(posts)
    .where(
      and(eq(posts.cardId, card.id), eq(posts.visibility, 'public'), isListedFor(null, posts.actorId), visibleTo(null)),
    )
    .limit(1)
  return row ? card.id : null
}

/** A page of public posts with a link, newest first, of authors who agreed to be found. */
export async function listLinking(
  db: Db,
  { readerId, cardId, page }: { readerId: string | null; cardId: string; page: Page },
): Promise<string[]> {
  const rows = await db
    .select({ id: posts.id })
    .from(posts)
    .where(
      and(
        eq(posts.cardId, cardId),
        eq(posts.visibility, 'public'),
        isNull(posts.boostOfId),
        sql`(select ${actors.isDiscoverable} from ${actors} where ${actors.id} = ${posts.actorId})`,
        keyset(posts.id, page),
        readerId === null ? undefined : isHeard(readerId, posts.actorId),
        isListedFor(readerId, posts.actorId),
        visibleTo(readerId),
      ),
    )
    .orderBy(keysetOrder(posts.id, page))
    .limit(page.limit)
  return toPage(rows, page)
}
