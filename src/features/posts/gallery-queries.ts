import { sql } from 'drizzle-orm'
import type { Db } from '#src/db/client.ts'
import { media } from '#src/db/schema/media.ts'
import { posts } from '#src/db/schema/posts.ts'
import type { ShownMedia } from '#src/features/media/queries.ts'
import { visibleTo } from './queries.ts'

/** The last public pictures of some actors, those that nobody is asked about first, at most so many of each; newest first. */
export async function listLatestPictures(
  db: Db,
  actorIds: readonly string[],
  perActor: number,
): Promise<Map<string, ShownMedia[]>> {
  if (actorIds.length === 0) return new Map()
  const rows = await db.execute<{ actorId: string; pictures: ShownMedia[] }>(sql`
    select wanted.id::text as "actorId", json_agg(json_build_object('id', latest.id::text, 'key', latest.key, 'kind', latest.kind,
      'width', latest.width, 'height', latest.height, 'blurhash', latest.blurhash, 'focusX', latest.focus_x,
      'focusY', latest.focus_y, 'description', latest.description, 'variants', latest.variants,
      'remoteUrl', latest.remote_url) order by latest.place desc) as pictures
    from unnest(${`{${actorIds.join(',')}}`}::bigint[]) as wanted (id)
    cross join lateral (
      select ${posts.id} as place, first.* from ${posts}
      cross join lateral (
        select * from ${media} where ${media.postId} = ${posts.id} and ${media.deletedAt} is null
          and ${media.state} = 'ready' and ${media.kind} = 'image' order by ${media.position}, ${media.id} limit 1) first
      where ${posts.actorId} = wanted.id and ${posts.hasMedia} and not ${posts.isSensitive} and ${posts.spoilerText} = ''
        and ${posts.visibility} = 'public' and ${visibleTo(null)}
      order by ${posts.id} desc limit ${perActor}) latest
    group by wanted.id`)
  return new Map(rows.map(({ actorId, pictures }) => [actorId, pictures]))
}
