import { and, eq, isNotNull, isNull, lt, or } from 'drizzle-orm'
import type { Db } from '#src/db/client.ts'
import { actors } from '#src/db/schema/actors.ts'

/** Where what remote actors put forward is to be read, and when it was last read. */
const readings = {
  pins: { iri: actors.featuredIri, at: actors.pinsReadAt, noted: (now: Date) => ({ pinsReadAt: now }) },
  tags: { iri: actors.featuredTagsIri, at: actors.tagsReadAt, noted: (now: Date) => ({ tagsReadAt: now }) },
}

/** What an actor puts forward on its profile: posts, and hashtags. */
export type Showcase = keyof typeof readings

/** Takes it on to read what a remote actor puts forward; false when somebody has done so since `before`, or there is nothing to read. */
export async function claimReading(
  db: Db,
  actorId: string,
  { showcase, before, now }: Readonly<{ showcase: Showcase; before: Date; now: Date }>,
): Promise<boolean> {
  const { iri, at, noted } = readings[showcase]
  const rows = await db
    .update(actors)
    .set(noted(now))
    .where(
      and(
        eq(actors.id, actorId),
        isNotNull(actors.host),
        isNotNull(iri),
        isNull(actors.suspendedAt),
        or(isNull(at), lt(at, before)),
      ),
    )
    .returning({ id: actors.id })
  return rows.length > 0
}
