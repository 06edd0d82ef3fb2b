import type { Ctx } from '#src/context.ts'
import type { Uris } from '#src/uris.ts'
import { type DayOfUse, type FeaturedTagRow, listFeaturedTags, listTagDays, listTags } from './queries.ts'

/** The last seven days of something that is used, today first. */
export type UseHistory = readonly Readonly<{ day: string; uses: string; accounts: string }>[]

/** @see https://docs.joinmastodon.org/entities/Tag/ */
export type Tag = Readonly<{
  id: string
  name: string
  url: string
  history: UseHistory
  following?: boolean
  featuring?: boolean
}>

/** @see https://docs.joinmastodon.org/entities/FeaturedTag/ */
export type FeaturedTag = Readonly<{
  id: string
  name: string
  url: string
  statuses_count: string
  last_status_at: string | null
}>

const dayMs = 86_400_000

/**
 * Hashtags by their folded names, in the order of the names, each with its last seven days in what everybody may read, in two queries
 * however many they are. One that nobody has used yet has no id, as in Mastodon.
 */
export async function loadTags(ctx: Ctx, readerId: string | null, names: readonly string[]): Promise<Tag[]> {
  const rows = new Map((await listTags(ctx.db, readerId, names)).map((row) => [row.name, row]))
  const today = Math.floor(ctx.now().getTime() / dayMs) * dayMs
  const ids = [...rows.values()].map(({ id }) => id)
  const days = Map.groupBy(await listTagDays(ctx.db, ids, new Date(today - 6 * dayMs)), ({ tagId }) => tagId)
  return names.map((name) => {
    const row = rows.get(name)
    const used = days.get(row?.id ?? '') ?? []
    return {
      id: row?.id ?? '',
      name: row?.label ?? name,
      url: ctx.uris.tag(name),
      history: toHistory(used, ctx.now()),
      ...(readerId === null ? {} : { following: row?.isFollowed ?? false, featuring: row?.isFeatured ?? false }),
    }
  })
}

/** The days as clients read them; those on which nothing was used too. */
export function toHistory(days: readonly DayOfUse[], now: Date): UseHistory {
  const today = Math.floor(now.getTime() / dayMs) * dayMs
  return [0, 1, 2, 3, 4, 5, 6].map((ago) => toDay(days, today - ago * dayMs))
}

/** Clients read the moment in seconds and the numbers as texts. */
function toDay(days: readonly DayOfUse[], day: number): UseHistory[number] {
  const found = days.find((one) => one.day.getTime() === day)
  return { day: String(day / 1_000), uses: String(found?.uses ?? 0), accounts: String(found?.accounts ?? 0) }
}

/** A hashtag on a profile as clients read it. */
export function toFeaturedTag({ uris }: { uris: Uris }, row: FeaturedTagRow): FeaturedTag {
  return {
    id: row.id,
    name: row.label,
    url: uris.tag(row.name),
    statuses_count: String(row.postsCount),
    last_status_at: row.lastPostAt?.toISOString().slice(0, 10) ?? null,
  }
}

/** The hashtags on the profile of an actor, in the order in which it chose them. */
export async function loadFeaturedTags(ctx: Ctx, actorId: string): Promise<FeaturedTag[]> {
  return (await listFeaturedTags(ctx.db, actorId)).map((row) => toFeaturedTag(ctx, row))
}
