import { z } from 'zod'
import { accountShapes } from './account-shapes.ts'
import { scalars } from './scalars.ts'
import { statusShapes } from './status-shapes.ts'

const { url, numeral } = scalars

const Tag = z.strictObject({
  id: z.string(),
  name: z.string().min(1),
  url,
  history: z.array(
    z.strictObject({
      day: numeral,
      uses: numeral,
      accounts: numeral,
    }),
  ),
  following: z.boolean().optional(),
  featuring: z.boolean().optional(),
})

const Search = z.strictObject({
  accounts: z.array(accountShapes.Account),
  statuses: z.array(z.union([statusShapes.Status, statusShapes.AnonymousStatus])),
  hashtags: z.array(Tag),
})

/** What is found. */
export const searchShapes = {
  Tag,
  Search,
}
