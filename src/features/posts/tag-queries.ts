import { eq } from 'drizzle-orm'
import type { Db } from '#src/db/client.ts'
import { tags } from '#src/db/schema/posts.ts'

/** Finds a hashtag by its folded name. */
export async function findTag(db: Db, name: string): Promise<{ id: string; name: string; label: string } | null> {
  const [tag] = await db
    .select({ id: tags.id, name: tags.name, label: tags.label })
    .from(tags)
    .where(eq(tags.name, name))
  return tag ?? null
}
