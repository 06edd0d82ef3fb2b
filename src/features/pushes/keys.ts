import type { Ctx } from '#src/context.ts'
import type { Db } from '#src/db/client.ts'
import { findPushKeys, insertPushKeys, type PushKeys } from './queries.ts'

const known = new WeakMap<Db, Promise<PushKeys>>()

/** The keys by which push services know this instance: made at their first use, and kept for ever, since subscriptions hang on them. */
export function getPushKeys({ db }: Pick<Ctx, 'db'>): Promise<PushKeys> {
  const keys = known.get(db) ?? loadPushKeys(db)
  known.set(db, keys)
  // A failed reading is not kept: the next one who asks tries again.
  keys.catch(() => known.delete(db))
  return keys
}

async function loadPushKeys(db: Db): Promise<PushKeys> {
  const found = await findPushKeys(db)
  if (found) return found
  // Another process may be at it at the same moment: those that were written first are those of all.
  const { default: webPush } = await import('web-push')
  await insertPushKeys(db, webPush.generateVAPIDKeys())
  const written = await findPushKeys(db)
  if (!written) throw new Error('the keys for web push were not written')
  return written
}
