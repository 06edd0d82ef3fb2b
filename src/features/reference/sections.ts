import { accountsMethods } from './methods/accounts.ts'
import { devicesMethods } from './methods/devices.ts'
import { filtersMethods } from './methods/filters.ts'
import { instanceMethods } from './methods/instance.ts'
import { listsMethods } from './methods/lists.ts'
import { moderationMethods } from './methods/moderation.ts'
import { picturesMethods } from './methods/pictures.ts'
import { postsMethods } from './methods/posts.ts'
import { productsMethods } from './methods/products.ts'
import { readingMethods } from './methods/reading.ts'
import type { Method, Section } from './methods/section.ts'
import { signingInMethods } from './methods/signing-in.ts'
import { streamsMethods } from './methods/streams.ts'

/** Everything that clients may call, in the order of the documentation. A test demands that every route is here. */
export const sections: readonly Section[] = [
  signingInMethods,
  instanceMethods,
  accountsMethods,
  postsMethods,
  listsMethods,
  filtersMethods,
  picturesMethods,
  readingMethods,
  streamsMethods,
  devicesMethods,
  productsMethods,
  moderationMethods,
]

/** A method by its name (`GET /api/v1/lists`). */
export const methods: Readonly<Record<string, Method>> = Object.assign(
  {},
  ...sections.map((section) => section.methods),
)
