import type { Ctx, Viewer } from '#src/context.ts'
import { isId } from '#src/core/ids.ts'
import { recordAct } from '#src/db/audit.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { notFound } from '#src/errors.ts'
import { checkCount, checkFilter, checkKeyword, requireFiltering } from './policy.ts'
import { countFiltering, findFilter, type WholeFilter } from './queries.ts'
import {
  deleteFilter,
  deleteKeywords,
  type FilterChange,
  insertFilter,
  insertKeywords,
  type KeywordInput,
  raiseVersion,
  updateFilter,
  updateKeyword,
} from './write-queries.ts'

/** A filter as somebody wants it. */
export type FilterDraft = Readonly<{
  title: string
  contexts: readonly string[]
  action: 'warn' | 'hide' | 'blur'
  expiresAt: Date | null
  keywords: readonly KeywordInput[]
}>

/** What is to happen with one keyword: a new one without an id, otherwise a change, or its end. */
export type KeywordChange = Readonly<{ id: string | null; isGone: boolean } & Partial<KeywordInput>>

/** What is to change of a filter; whatever is left out stays as it is. */
export type FilterChanges = Readonly<FilterChange & { keywords: readonly KeywordChange[] }>

/**
 * Does something with the filters of the viewer's actor: one change after the other, within the limits, and told to its clients.
 * @throws Problem `forbidden` for roles that only read, `invalid` when the change makes too many of something
 */
export async function changeFilters<T>(
  ctx: Ctx,
  viewer: Viewer,
  act: Readonly<{ name: string; work: (tx: Tx) => Promise<{ subjectId: string; result: T }> }>,
): Promise<T> {
  requireFiltering(viewer)
  const changed = await transaction(ctx.db, async (tx) => {
    await raiseVersion(tx, viewer.actorId)
    const { subjectId, result } = await act.work(tx)
    const counts = await countFiltering(tx, viewer.actorId)
    for (const kind of ['filters', 'keywords', 'posts'] as const) checkCount(kind, counts[kind])
    await recordAct(tx, { viewer, action: act.name, subjectId })
    return result
  })
  await ctx.streams.publish([{ event: 'filters_changed', actorId: viewer.actorId }])
  return changed
}

/** Makes a filter; its id. @throws Problem as `changeFilters`, `invalid` for what says nothing or too much */
export async function createFilter(ctx: Ctx, viewer: Viewer, draft: FilterDraft): Promise<string> {
  const { keywords, contexts, ...rest } = draft
  checkFilter(draft)
  checkCount('keywords', keywords.length)
  for (const { keyword } of keywords) checkKeyword(keyword)
  return changeFilters(ctx, viewer, {
    name: 'filter.created',
    work: async (tx) => {
      const { actorId, userId } = viewer
      const id = await insertFilter(tx, { ...rest, contexts: [...contexts], actorId, userId })
      await insertKeywords(tx, id, keywords)
      return { subjectId: id, result: id }
    },
  })
}

/** Changes a filter. @throws Problem as `createFilter`, `notFound` for filters of others and keywords of other filters */
export async function editFilter(ctx: Ctx, viewer: Viewer, id: string, changes: FilterChanges): Promise<void> {
  const { keywords, ...change } = changes
  // Each may be a removal, and so there may be twice as many as there can be.
  checkCount('keywords', keywords.length / 2)
  await changeFilters(ctx, viewer, {
    name: 'filter.edited',
    work: async (tx) => {
      const filter = isId(id) ? await findFilter(tx, viewer.actorId, id) : null
      if (!filter) throw notFound()
      checkFilter({ title: change.title ?? filter.title, contexts: change.contexts ?? filter.contexts })
      await updateFilter(tx, id, change)
      for (const keyword of keywords) await changeKeyword(tx, filter, keyword)
      return { subjectId: id, result: undefined }
    },
  })
}

async function changeKeyword(tx: Tx, filter: WholeFilter, change: KeywordChange): Promise<void> {
  const { id, isGone, keyword, isWholeWord } = change
  if (id === null) {
    // A keyword that is to be new and gone is nothing.
    if (isGone) return
    checkKeyword(keyword ?? '')
    await insertKeywords(tx, filter.id, [{ keyword: keyword ?? '', isWholeWord: isWholeWord ?? true }])
    return
  }
  if (!filter.keywords.some((one) => one.id === id)) throw notFound()
  if (isGone) return deleteKeywords(tx, [id])
  if (keyword !== undefined) checkKeyword(keyword)
  await updateKeyword(tx, id, {
    ...(keyword === undefined ? {} : { keyword }),
    ...(isWholeWord === undefined ? {} : { isWholeWord }),
  })
}

/** Takes a filter away. @throws Problem `notFound` for filters of others, `forbidden` for roles that only read */
export async function removeFilter(ctx: Ctx, viewer: Viewer, id: string): Promise<void> {
  await changeFilters(ctx, viewer, {
    name: 'filter.removed',
    work: async (tx) => {
      if (!isId(id) || !(await deleteFilter(tx, viewer.actorId, id))) throw notFound()
      return { subjectId: id, result: undefined }
    },
  })
}
