import type { Ctx } from '#src/context.ts'
import { generateActorKeys } from '#src/core/keys.ts'
import { recordAct } from '#src/db/audit.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import type { FormerKey } from '#src/db/schema/actors.ts'
import { emit } from '#src/effects.ts'
import { listWithExpiredKeys, lockLocalKeys, updateLocalKeys } from './key-queries.ts'

/** For how long former keys are listed: what they prove is on its way for ten days, a day more where a server asks for it, and some hours. */
export const keptMs = 14 * 24 * 3_600_000

/** More are not listed beside the present ones: others read the first few of a list. */
const mostFormer = 3

/**
 * Gives a local actor new keys, with which it signs from now on (`createSigners` within a minute). The public one that
 * proved what was said until now is listed for two weeks more; the private halves are gone at once. Followers everywhere are told.
 * @returns the number of the new keys: see `keyIdsOf` in `federation/own-keys.ts`
 */
export async function rotateKeys(ctx: Ctx, actorId: string): Promise<number> {
  const made = await generateActorKeys()
  return transaction(ctx.db, async (tx) => {
    const keys = await lockLocalKeys(tx, actorId)
    if (!keys) throw new Error(`the actor ${actorId} has no keys`)
    const { keyNumber: number, ed25519PublicKeyPem } = keys
    const now = ctx.now()
    const until = new Date(now.getTime() + keptMs).toISOString()
    const former: FormerKey[] = [...listedAt(keys.formerKeys, now), { number, ed25519PublicKeyPem, until }]
    const keyNumber = number + 1
    await updateLocalKeys(tx, actorId, { ...made, keyNumber, formerKeys: former.slice(-mostFormer), now })
    await recordAct(tx, { viewer: null, action: 'actor.keys_rotated', subjectId: actorId, details: { keyNumber } })
    await emit(tx, { type: 'actor.updated', actorId })
    return keyNumber
  })
}

/** Forgets former keys whose two weeks are over, and has others read the documents without them. */
export async function dropFormerKeys(ctx: Ctx): Promise<void> {
  for (const actorId of await listWithExpiredKeys(ctx.db, ctx.now()))
    await transaction(ctx.db, (tx) => dropExpired(tx, actorId, ctx.now()))
}

async function dropExpired(tx: Tx, actorId: string, now: Date): Promise<void> {
  const keys = await lockLocalKeys(tx, actorId)
  const formerKeys = listedAt(keys?.formerKeys ?? [], now)
  if (formerKeys.length === keys?.formerKeys.length) return
  await updateLocalKeys(tx, actorId, { formerKeys, now })
  await emit(tx, { type: 'actor.updated', actorId })
}

const listedAt = (former: readonly FormerKey[], now: Date) => former.filter(({ until }) => new Date(until) > now)
