import { z } from 'zod'
import { accountShapes } from './account-shapes.ts'
import { announcementShapes } from './announcement-shapes.ts'
import { cardShapes } from './card-shapes.ts'
import { filterShapes } from './filter-shapes.ts'
import { instanceShapes } from './instance-shapes.ts'
import { notificationShapes } from './notification-shapes.ts'
import { oauthShapes } from './oauth-shapes.ts'
import { productShapes } from './product-shapes.ts'
import { scalars } from './scalars.ts'
import { searchShapes } from './search-shapes.ts'
import { statusShapes } from './status-shapes.ts'

/**
 * What clients may rely on, field by field: exact types, every field that the Mastodon documentation has without "optional", and no field
 * that it does not have. @see https://docs.joinmastodon.org/entities/
 */
export const shapes = {
  ...accountShapes,
  ...filterShapes,
  ...cardShapes,
  ...statusShapes,
  ...productShapes,
  ...notificationShapes,
  ...searchShapes,
  ...instanceShapes,
  ...announcementShapes,
  ...oauthShapes,
  Empty: z.strictObject({}),
  Count: z.strictObject({ count: scalars.count }),
  Confirmed: z.boolean(),
  Merged: z.strictObject({ merged: z.boolean() }),
  Markers: z.strictObject({
    home: notificationShapes.Marker.optional(),
    notifications: notificationShapes.Marker.optional(),
  }),
  Description: z.looseObject({ openapi: z.string() }),
  Translations: z.record(z.string(), z.array(z.string())),
}

/** The name of an entity. */
export type ShapeName = keyof typeof shapes

/** What somebody without a token reads instead. */
const anonymous: Partial<Record<ShapeName, ShapeName>> = {
  Status: 'AnonymousStatus',
  Poll: 'AnonymousPoll',
  Context: 'AnonymousContext',
}

/** The names with those that somebody without a token reads instead. */
export function withAnonymous(names: readonly ShapeName[]): ShapeName[] {
  return names.flatMap((name) => anonymous[name] ?? []).concat(names)
}
