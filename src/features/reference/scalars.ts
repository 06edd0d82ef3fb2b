import { z } from 'zod'

const id = z.string().regex(/^\d{15,19}$/)
const url = z.url({ protocol: /^https?$/ })
const datetime = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/)
const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/)
const count = z.number().int().nonnegative()
const numeral = z.string().regex(/^\d+$/)

/** What the fields of entities are made of. */
export const scalars = { id, url, datetime, date, count, numeral }
