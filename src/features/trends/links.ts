import type { Ctx } from '#src/context.ts'
import { loadPreviewCards, type PreviewCard } from '#src/features/cards/entity.ts'
import { toHistory, type UseHistory } from '#src/features/tags/entity.ts'
import { listLinkDays } from './link-queries.ts'

/** @see https://docs.joinmastodon.org/entities/PreviewCard/#trends-link */
export type TrendingLink = PreviewCard & Readonly<{ history: UseHistory }>

const dayMs = 86_400_000

/** Linked pages by the ids of their cards, in their order, each with its last seven days in what everybody may read. */
export async function loadTrendingLinks(
  ctx: Ctx,
  readerId: string | null,
  cardIds: readonly string[],
): Promise<TrendingLink[]> {
  const since = new Date(Math.floor(ctx.now().getTime() / dayMs) * dayMs - 6 * dayMs)
  const [cards, days] = await Promise.all([
    loadPreviewCards(ctx, readerId, cardIds),
    listLinkDays(ctx.db, cardIds, since),
  ])
  const daysOf = Map.groupBy(days, ({ cardId }) => cardId)
  return cardIds.flatMap((id) => {
    const card = cards.get(id)
    return card ? [{ ...card, history: toHistory(daysOf.get(id) ?? [], ctx.now()) }] : []
  })
}
