import { z } from 'zod'
import { scalars } from './scalars.ts'

const { id, datetime } = scalars

const FilterKeyword = z.strictObject({ id, keyword: z.string().min(1), whole_word: z.boolean() })

const FilterStatus = z.strictObject({ id, status_id: id })

const filterFields = {
  id,
  title: z.string().min(1),
  context: z.array(z.enum(['home', 'notifications', 'public', 'thread', 'account'])).min(1),
  expires_at: datetime.nullable(),
  filter_action: z.enum(['warn', 'hide', 'blur']),
}

const Filter = z.strictObject({
  ...filterFields,
  keywords: z.array(FilterKeyword),
  statuses: z.array(FilterStatus),
})

/** In a status the filter comes without what it looks for. */
const FilterResult = z.strictObject({
  filter: z.strictObject(filterFields),
  keyword_matches: z.array(z.string()).min(1).nullable(),
  status_matches: z.array(id).min(1).nullable(),
})

/** A filter of the first version of the API. */
const OldFilter = z.strictObject({
  id,
  phrase: z.string().min(1),
  context: filterFields.context,
  expires_at: datetime.nullable(),
  irreversible: z.boolean(),
  whole_word: z.boolean(),
})

/** What somebody does not want to read. */
export const filterShapes = {
  FilterKeyword,
  FilterStatus,
  Filter,
  FilterResult,
  OldFilter,
}
