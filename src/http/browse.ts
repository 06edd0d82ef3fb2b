import { z } from 'zod'
import { isId } from '#src/core/ids.ts'
import type { Page } from '#src/core/paging.ts'
import type { PagerValue } from '#src/web/components/pager.ts'
import { safeNext } from '#src/web/preferences.ts'

const placeId = z.string().refine(isId).optional().catch(undefined)

/** Where in a list a page of it begins, as the links of its pager say it. What is no place is the beginning: people mend no addresses. */
export const placeQuery = z.object({ max_id: placeId, min_id: placeId })

/** A place in a list. */
export type Place = z.output<typeof placeQuery>

/** A list that is shown in pages: where its pages are, how long they are, and how its rows are read. */
export type Listing<Row> = Readonly<{
  path: string
  /** What stands in the address of its pages besides the place. */
  query?: Readonly<Record<string, string>>
  length: number
  /** Rows in the order of the list, newest first, whatever way they are read. */
  read(page: Page): Promise<readonly Row[]>
}>

/**
 * A page of a list for people, with the links to its neighbours. One row more than is shown is read: it tells whether the list goes on.
 * Whoever goes back to the newest finds a whole page there, not what is left over.
 */
export async function browse<Row extends { id: string }>(
  place: Place,
  list: Listing<Row>,
): Promise<{ rows: Row[]; pager: PagerValue }> {
  const { length, read } = list
  const { max_id: maxId, min_id: minId } = place
  if (minId && !maxId) {
    const found = await read({ minId, limit: length + 1 })
    const rows = found.slice(-length)
    if (found.length > length)
      return {
        rows,
        pager: { newerHref: linkTo(list, 'min_id', rows[0]), olderHref: linkTo(list, 'max_id', rows.at(-1)) },
      }
  }
  const found = await read({ maxId, limit: length + 1 })
  const rows = found.slice(0, length)
  const newerHref = maxId ? (linkTo(list, 'min_id', rows[0]) ?? hrefOf(list)) : null
  return { rows, pager: { newerHref, olderHref: found.length > length ? linkTo(list, 'max_id', rows.at(-1)) : null } }
}

type Address = Pick<Listing<unknown>, 'path' | 'query'>

function linkTo(address: Address, name: 'max_id' | 'min_id', row: { id: string } | undefined): string | null {
  return row ? hrefOf(address, { [name]: row.id }) : null
}

function hrefOf({ path, query }: Address, place: Readonly<Record<string, string>> = {}): string {
  const search = new URLSearchParams({ ...query, ...place }).toString()
  return search === '' ? path : `${path}?${search}`
}

/** The field of a form that says where it was sent from. */
export const nextBody = z.object({ next: z.string().max(2_000).optional() })

/** Where somebody goes on after a form: where it was sent from, or else to a place of its own. Never to another site. */
export function nextOf({ next }: z.output<typeof nextBody>, usual: string): string {
  return next === undefined ? usual : safeNext(next)
}
