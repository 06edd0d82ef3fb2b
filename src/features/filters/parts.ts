import type { Ctx, Viewer } from '#src/context.ts'
import { isId } from '#src/core/ids.ts'
import type { Tx } from '#src/db/client.ts'
import { invalid, notFound } from '#src/errors.ts'
import { checkFilter, checkKeyword, toTitle } from './policy.ts'
import {
  type FilteredPost,
  findFilter,
  findFilteredPost,
  findKeyword,
  type Keyword,
  type WholeFilter,
} from './queries.ts'
import { changeFilters } from './service.ts'
import {
  deleteFilteredPost,
  deleteKeywords,
  type FilterChange,
  insertFilteredPost,
  insertKeywords,
  type KeywordInput,
  updateFilter,
  updateKeyword,
} from './write-queries.ts'

/** Adds a keyword to a filter. @throws Problem as `createFilter`, `notFound` for filters of others */
export async function addKeyword(ctx: Ctx, viewer: Viewer, filterId: string, input: KeywordInput): Promise<Keyword> {
  checkKeyword(input.keyword)
  return changeFilters(ctx, viewer, {
    name: 'filter.edited',
    work: async (tx) => {
      const filter = await requireFilter(tx, viewer, filterId)
      const [keyword] = await insertKeywords(tx, filter.id, [input])
      if (!keyword) throw new Error('the keyword was not written')
      return { subjectId: filter.id, result: keyword }
    },
  })
}

/** Changes a keyword. @throws Problem as `addKeyword` */
export async function editKeyword(
  ctx: Ctx,
  viewer: Viewer,
  id: string,
  change: Partial<KeywordInput>,
): Promise<Keyword> {
  if (change.keyword !== undefined) checkKeyword(change.keyword)
  return changeFilters(ctx, viewer, {
    name: 'filter.edited',
    work: async (tx) => {
      const keyword = await requireKeyword(tx, viewer, id)
      await updateKeyword(tx, id, change)
      return { subjectId: keyword.filterId, result: { ...keyword, ...change } }
    },
  })
}

/** Takes a keyword away. @throws Problem as `addKeyword` */
export async function removeKeyword(ctx: Ctx, viewer: Viewer, id: string): Promise<void> {
  await changeFilters(ctx, viewer, {
    name: 'filter.edited',
    work: async (tx) => {
      const { filterId } = await requireKeyword(tx, viewer, id)
      await deleteKeywords(tx, [id])
      return { subjectId: filterId, result: undefined }
    },
  })
}

/** Whether an actor may see a post. */
export type MayRead = (readerId: string, postId: string) => Promise<boolean>

/**
 * Makes a filter find a post.
 * @throws Problem as `addKeyword`, `notFound` for a post that the viewer may not see, `invalid` for one that the filter finds already
 */
export async function addFilteredPost(
  ctx: Ctx,
  viewer: Viewer,
  { filterId, postId, mayRead }: Readonly<{ filterId: string; postId: string; mayRead: MayRead }>,
): Promise<FilteredPost> {
  if (!isId(postId) || !(await mayRead(viewer.actorId, postId))) throw notFound()
  return changeFilters(ctx, viewer, {
    name: 'filter.edited',
    work: async (tx) => {
      const filter = await requireFilter(tx, viewer, filterId)
      const post = await insertFilteredPost(tx, filter.id, postId)
      if (!post) throw invalid('Validation failed: Status has already been taken')
      return { subjectId: filter.id, result: post }
    },
  })
}

/** Makes a filter no longer find a post. @throws Problem as `addKeyword` */
export async function removeFilteredPost(ctx: Ctx, viewer: Viewer, id: string): Promise<void> {
  await changeFilters(ctx, viewer, {
    name: 'filter.edited',
    work: async (tx) => {
      const post = isId(id) ? await findFilteredPost(tx, viewer.actorId, id) : null
      if (!post) throw notFound()
      await deleteFilteredPost(tx, id)
      return { subjectId: post.filterId, result: undefined }
    },
  })
}

/** What clients of the first version of the API change: a keyword, and the filter around it. */
export type PhraseChange = Readonly<Partial<KeywordInput> & Omit<FilterChange, 'title'>>

/**
 * Changes a keyword and its filter as one thing. What holds for other keywords too is not changed so: a client that does not know of them
 * would change more than it shows.
 * @throws Problem as `addKeyword`, `invalid` when the filter has other keywords
 */
export async function editPhrase(ctx: Ctx, viewer: Viewer, id: string, change: PhraseChange): Promise<void> {
  const { keyword, isWholeWord, ...rest } = change
  if (keyword !== undefined) checkKeyword(keyword, 'phrase')
  await changeFilters(ctx, viewer, {
    name: 'filter.edited',
    work: async (tx) => {
      const before = await requireKeyword(tx, viewer, id)
      const filter = await requireFilter(tx, viewer, before.filterId)
      const ofFilter = changesOf(filter, rest)
      const isAlone = filter.keywords.length === 1
      if (Object.keys(ofFilter).length > 0 && !isAlone) throw invalid(severalKeywords)
      checkFilter({ title: filter.title, contexts: ofFilter.contexts ?? filter.contexts })
      const title = isAlone && keyword !== undefined ? { title: toTitle(keyword) } : {}
      await updateFilter(tx, filter.id, { ...ofFilter, ...title })
      await updateKeyword(tx, id, {
        ...(keyword === undefined ? {} : { keyword }),
        ...(isWholeWord === undefined ? {} : { isWholeWord }),
      })
      return { subjectId: filter.id, result: undefined }
    },
  })
}

const severalKeywords =
  'These parameters cannot be changed from this application because they apply to more than one filter keyword. Use a more recent application.'

/** What would be different afterwards. */
function changesOf(filter: WholeFilter, change: FilterChange): FilterChange {
  const isSame = (name: keyof FilterChange) => JSON.stringify(filter[name]) === JSON.stringify(change[name])
  return Object.fromEntries(Object.entries(change).filter(([name]) => !isSame(name as keyof FilterChange)))
}

async function requireFilter(tx: Tx, viewer: Viewer, id: string): Promise<WholeFilter> {
  const filter = isId(id) ? await findFilter(tx, viewer.actorId, id) : null
  if (!filter) throw notFound()
  return filter
}

async function requireKeyword(tx: Tx, viewer: Viewer, id: string): Promise<Keyword> {
  const keyword = isId(id) ? await findKeyword(tx, viewer.actorId, id) : null
  if (!keyword) throw notFound()
  return keyword
}
