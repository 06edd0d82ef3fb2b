import { z } from 'zod'
import { isId } from '#src/core/ids.ts'
import { notificationKind } from '#src/db/schema/notifications.ts'
import { flag, textList } from '#src/http/zod.ts'
import { isTold } from './policy.ts'
import type { Wanted } from './queries.ts'

/** The parameters that say which notifications are wanted, wherever they are listed or counted. */
export const wantedQuery = {
  types: textList.optional(),
  exclude_types: textList.optional(),
  account_id: z.string().refine(isId, 'must be an id').optional(),
  include_filtered: flag.optional(),
}

/** Everything, as the pages here tell it. */
export const allKinds: Wanted = {
  kinds: notificationKind.enumValues,
  fromActorId: null,
  withFiltered: false,
}

/** Kinds that do not exist here are asked for by newer clients: there are none of them. */
export function wantedKinds(query: {
  types?: string[] | undefined
  exclude_types?: string[] | undefined
  account_id?: string | undefined
  include_filtered?: boolean | undefined
}): Wanted {
  const { types, exclude_types: excluded = [], account_id: from = null } = query
  const kinds = notificationKind.enumValues.filter(
    (kind) => isTold(kind) && (types?.includes(kind) ?? true) && !excluded.includes(kind),
  )
  // Who asks for the notifications of one sender looks at a request.
  return { kinds, fromActorId: from, withFiltered: Boolean(query.include_filtered) || from !== null }
}
